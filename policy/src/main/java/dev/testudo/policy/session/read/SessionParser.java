package dev.testudo.policy.session.read;

import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.rule.SessionRules;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.substitution.SessionTemplate;
import dev.testudo.policy.yaml.Yaml;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Reads sessions, whole and with every mistake at once.
public final class SessionParser {
  private SessionParser() {}

  /// Reads a finished session, as CAS receives it: `$NAME` is ordinary text.
  public static Parsed<Session> read(SourceFile written) {
    var source = SecretValues.hiddenIn(written);
    return Yaml.read(source)
        .then(root -> new SessionReader(source, SessionRules::check).read(root));
  }

  /// Reads a session that CAS has stored. The rules may have become stricter since; what is stored
  /// must stay readable, so that it can be replaced. Decisions are never more lenient for it.
  public static Parsed<Session> stored(SourceFile written) {
    var source = SecretValues.hiddenIn(written);
    return Yaml.read(source)
        .then(root -> new SessionReader(source, SessionRules::checkStored).read(root));
  }

  /// Reads a session template, as people write it: `$NAME` and `${NAME}` in values are replaced by
  /// `variables` first, and a variable that is not there is an error.
  public static Parsed<Session> read(SourceFile written, Map<String, String> variables) {
    var source = SecretValues.hiddenIn(written);
    return Yaml.read(source)
        .then(
            root -> {
              var problems = new Problems();
              var expanded = SessionTemplate.expand(root, variables, problems);
              var missing = problems.found();
              return new SessionReader(source, SessionRules::check)
                  .read(expanded)
                  .withProblems(found -> joined(missing, found));
            });
  }

  /// What is said about a value that has a part missing says nothing new.
  private static List<Diagnostic> joined(List<Diagnostic> missing, List<Diagnostic> found) {
    var certain = found.stream().filter(d -> missing.stream().noneMatch(m -> m.isWithin(d)));
    return Stream.concat(missing.stream(), certain).toList();
  }
}
