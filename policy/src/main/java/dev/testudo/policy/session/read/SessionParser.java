package dev.testudo.policy.session.read;

import dev.testudo.policy.session.Insertion;
import dev.testudo.policy.session.OpenPlace;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.rule.SessionRules;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.substitution.SessionTemplate;
import dev.testudo.policy.yaml.Masking;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads sessions and reports all errors in them.
public final class SessionParser {
  private SessionParser() {}

  /// Reads a finished session as CAS receives it. `$NAME` is ordinary text in it.
  public static Parsed<Session> read(SourceFile written) {
    var source = Masking.of(written, SessionKeys.SESSION);
    return Yaml.read(source)
        .then(
            root ->
                new SessionReader(source, Map.of(), SessionRules::check)
                    .read(root)
                    .withProblems(found -> unfilled(root, found)));
  }

  /// Reads a session that CAS has stored. Stored sessions must stay readable so that they can
  /// be replaced, even if the rules have become stricter since. This does not make any
  /// decision more lenient.
  public static Parsed<Session> stored(SourceFile written) {
    var source = Masking.of(written, SessionKeys.SESSION);
    return Yaml.read(source)
        .then(root -> new SessionReader(source, Map.of(), SessionRules::checkStored).read(root));
  }

  /// Reads a session that CAS has stored, with values for its open places. All rules apply to the
  /// result: what another session provides was not checked before.
  public static Parsed<Session> completed(
      SourceFile written, Map<OpenPlace, Insertion> insertions) {
    var source = Masking.of(written, SessionKeys.SESSION);
    return Yaml.read(source)
        .then(root -> new SessionReader(source, insertions, SessionRules::check).read(root));
  }

  /// Reads a session template as people write it. `$NAME` and `${NAME}` in values are replaced by
  /// `variables` first; a variable without a value is an error. The places of diagnostics are those
  /// of the text as it is written, and no diagnostic shows the value of a variable.
  public static Parsed<Session> read(SourceFile template, Map<String, String> variables) {
    var source = Masking.of(template, SessionKeys.SESSION);
    return Yaml.read(source)
        .then(
            root -> {
              var problems = new Problems();
              var expanded = SessionTemplate.expand(root, variables, problems);
              var missing = problems.found();
              var written = new TemplateVariables(root);
              return new SessionReader(source, Map.of(), SessionRules::check)
                  .read(expanded)
                  .withProblems(found -> joined(missing, found))
                  .withProblems(
                      found ->
                          found.stream().map(d -> written.withoutValues(d, variables)).toList());
            });
  }

  /// Returns the text of a session as a comparison with another one shows it: secrets are masked,
  /// commands are not. Empty if no part of it may be shown.
  public static Optional<String> compared(SourceFile written) {
    return Masking.ofComparison(written, SessionKeys.SESSION).shown();
  }

  private static List<Diagnostic> unfilled(YamlNode root, List<Diagnostic> found) {
    var variables = new TemplateVariables(root);
    return found.stream().map(variables::unfilled).toList();
  }

  /// Joins the diagnostics, dropping those about a value with a missing variable: they
  /// only follow from it.
  private static List<Diagnostic> joined(List<Diagnostic> missing, List<Diagnostic> found) {
    var certain = found.stream().filter(d -> missing.stream().noneMatch(m -> m.isWithin(d)));
    return Stream.concat(missing.stream(), certain).toList();
  }
}
