package dev.testudo.policy.session.read;

import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.SecretName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Parses names and reports invalid ones.
public final class Names {
  private static final String SYNTAX = "names have 1 to 128 letters, digits, `_`, `-`, `.` and `~`";

  private Names() {}

  /// Parses an absolute session name.
  public static Optional<SessionName> session(Text text, Problems problems) {
    var name = SessionName.parse(text.value());
    if (name.isEmpty()) {
      reportInvalid(text, "a session name", SYNTAX + " between slashes", problems);
    }
    return name;
  }

  /// Parses the name of a secret.
  public static Optional<SecretName> secret(Text text, Problems problems) {
    var name = SecretName.parse(text.value());
    if (name.isEmpty()) {
      reportInvalid(text, "the name of a secret", SYNTAX, problems);
    }
    return name;
  }

  /// Parses the name of a service, a single segment of a session name.
  public static Optional<String> service(Text text, Problems problems) {
    if (SessionName.isSegment(text.value())) {
      return Optional.of(text.value());
    }
    reportInvalid(text, "the name of a service", SYNTAX, problems);
    return Optional.empty();
  }

  /// Parses the name of a volume.
  static Optional<String> volume(Text text, Problems problems) {
    if (SessionName.isSegment(text.value())) {
      return Optional.of(text.value());
    }
    reportInvalid(text, "the name of a volume", SYNTAX, problems);
    return Optional.empty();
  }

  private static void reportInvalid(Text text, String what, String help, Problems problems) {
    problems.add(
        Diagnostic.error(
                DiagnosticId.INVALID_NAME,
                text.span(),
                "`%s` is not %s".formatted(text.quotable(), what))
            .helped(help));
  }

  /// Reports each name that occurs a second time.
  ///
  /// @param what the kind of thing that has the name, as messages call it: "secret"
  public static void areDistinct(String what, List<Text> names, Problems problems) {
    Map<String, Text> seen = new HashMap<>();
    for (var name : names) {
      var earlier = seen.putIfAbsent(name.value(), name);
      if (earlier != null) {
        problems.add(
            Diagnostic.error(
                    DiagnosticId.DUPLICATE_NAME,
                    name.span(),
                    "%s `%s` is defined twice".formatted(what, name.quotable()))
                .labelled("the second one")
                .helped("the first one is at " + earlier.span().place()));
      }
    }
  }
}
