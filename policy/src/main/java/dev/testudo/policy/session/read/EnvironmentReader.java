package dev.testudo.policy.session.read;

import dev.testudo.policy.session.Variable;
import dev.testudo.policy.shield.ShieldVariables;
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
import java.util.Optional;
import java.util.Set;

/// Reads the environment variables of a service.
public final class EnvironmentReader {
  private static final String OF_LOADER = "LD_";
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
        fromHost(name).ifPresent(host -> put(host, new Variable.FromHost(name.span()), variables));
      } else if (isName(name, problems)) {
        put(name, value(name.value(), entry.value()), variables);
      }
    }
    return variables;
  }

  private void put(Text name, Variable variable, Map<String, Variable> variables) {
    if (variables.putIfAbsent(name.value(), variable) != null) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.DUPLICATE_NAME,
                  name.span(),
                  "variable `%s` is defined twice".formatted(name.quotable()))
              .labelled("by the policy and by the host"));
    }
  }

  /// Returns the name of a variable whose value the host gives. What the policy writes as its value
  /// has no meaning.
  private Optional<Text> fromHost(Text key) {
    var name = key.withValue(key.value().substring(FROM_HOST.length()));
    if (!isName(name, problems)) {
      return Optional.empty();
    }
    if (ShieldVariables.isShieldVariable(name.value())) {
      return refused(key, name, "the rules of the network shield are part of the policy");
    }
    if (name.value().equals("PATH")) {
      return refused(key, name, "the host would choose which file the command names");
    }
    if (name.value().startsWith(OF_LOADER)) {
      return refused(key, name, "the loader would run what the host names (ld.so(8))");
    }
    problems.add(
        Diagnostic.warning(
                DiagnosticId.INSECURE_SETTING,
                key.span(),
                "variable `%s` comes from the untrusted host".formatted(name.quotable()))
            .labelled("attestation does not cover its value")
            .helped("the program must treat it like input of an attacker"));
    return Optional.of(name);
  }

  private Optional<Text> refused(Text key, Text name, String why) {
    problems.add(
        Diagnostic.error(
                DiagnosticId.INVALID_NAME,
                key.span(),
                "the host cannot set `%s`".formatted(name.quotable()))
            .labelled(why));
    return Optional.empty();
  }

  private Variable value(String name, YamlNode node) {
    var nothing = new Text("", node.span());
    var text =
        node.isNull()
            ? nothing
            : Fields.text(node, "`" + name + "`", problems)
                .filter(value -> hasNoZero(value, problems))
                .orElse(nothing);
    return new Variable.Given(text, RuntimeTemplate.parse(text, secrets, problems));
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
