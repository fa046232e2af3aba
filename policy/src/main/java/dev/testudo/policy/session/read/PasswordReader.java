package dev.testudo.policy.session.read;

import dev.testudo.policy.session.PasswordSecret;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.yaml.Fields;
import java.util.Collection;
import java.util.Optional;

/// Reads `one_time_password_shared_secret`. No message shows its value.
final class PasswordReader {
  static final String KEY = "one_time_password_shared_secret";

  private PasswordReader() {}

  static Optional<PasswordSecret> read(
      Fields fields, Collection<String> secrets, Problems problems) {
    return fields
        .text(KEY)
        .map(
            text -> {
              var before = problems.found().size();
              var template = RuntimeTemplate.parse(text, secrets, problems);
              if (!text.value().contains(Splicing.MARK)) {
                checkValue(text, problems);
              } else if (problems.found().size() == before) {
                checkPlaceholder(template, text, problems);
              }
              return new PasswordSecret(template, text.span());
            });
  }

  private static void checkPlaceholder(RuntimeTemplate template, Text text, Problems problems) {
    if (!template.isOnePlaceholder() || template.placeholders().isEmpty()) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.MALFORMED_PLACEHOLDER,
                  text.span(),
                  "`%s` is one placeholder of a secret, or Base32".formatted(KEY))
              .helped("write `$$SCONE::name:base32nopad$$` for a `binary` secret"));
    }
  }

  private static void checkValue(Text text, Problems problems) {
    if (!PasswordSecret.isOne(text.value())) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_VALUE,
                  text.span(),
                  "`%s` is Base32 of at least 128 bits".formatted(KEY))
              .labelled("it needs 26 characters from A to Z and 2 to 7")
              .helped(
                  "let CAS generate a `binary` secret, and write `$$SCONE::name:base32nopad$$`"));
    }
  }
}
