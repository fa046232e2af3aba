package dev.testudo.policy.session.read;

import dev.testudo.policy.session.Variable;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Reads the environment variables of a service.
public final class EnvironmentReader {
  private static final String FROM_HOST = "\\@\\@";

  private final Set<String> secrets;
  private final Problems problems;

  EnvironmentReader(Set<String> secrets, Problems problems) {
    this.secrets = secrets;
    this.problems = problems;
  }

  Map<String, Variable> read(YamlNode node) {
    Map<String, Variable> variables = new LinkedHashMap<>();
    if (!(node instanceof Mapping(_, var entries))) {
      problems.add(Fields.noMapping(node, "`environment`"));
      return variables;
    }
    for (var entry : entries) {
      var name = entry.key().located();
      if (name.value().startsWith(FROM_HOST)) {
        problems.add(
            Diagnostic.error(
                    DiagnosticId.NOT_SUPPORTED_YET,
                    name.span(),
                    "variables from the host (`%s`) are not supported yet".formatted(name.value()))
                .helped(
                    "if you remove it, the program does not get this variable; therefore it is"
                        + " not left out silently"));
      } else if (isName(name, problems)) {
        variables.put(name.value(), value(name.value(), entry.value()));
      }
    }
    return variables;
  }

  private Variable value(String name, YamlNode node) {
    var nothing = new Text("", node.span());
    var text =
        node.isNull()
            ? nothing
            : Fields.text(node, "`" + name + "`", problems)
                .filter(value -> hasNoZero(value, problems))
                .orElse(nothing);
    return new Variable(text, RuntimeTemplate.parse(text, secrets, problems));
  }

  /// Returns true if a variable can have the given name; reports it otherwise.
  public static boolean isName(Text text, Problems problems) {
    var name = text.value();
    if (!name.isEmpty() && name.indexOf('=') < 0 && name.indexOf('\0') < 0) {
      return true;
    }
    problems.add(
        Diagnostic.error(
                DiagnosticId.INVALID_NAME,
                text.span(),
                "`%s` is not the name of a variable".formatted(text.quotable()))
            .helped("names have at least one character and no `=`"));
    return false;
  }

  private static boolean hasNoZero(Text text, Problems problems) {
    if (text.value().indexOf('\0') < 0) {
      return true;
    }
    problems.add(
        Diagnostic.error(
            DiagnosticId.INVALID_VALUE, text.span(), "the value contains a zero byte"));
    return false;
  }
}
