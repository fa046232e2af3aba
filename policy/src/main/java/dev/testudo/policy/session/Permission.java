package dev.testudo.policy.session;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.Optional;

/// Parses the mode bits of a file, in octal: `0o400` or `0400`.
public final class Permission {
  private Permission() {}

  /// Returns the mode bits. A number without a leading `0` is reported, because it may
  /// be meant as decimal.
  public static Optional<Integer> parse(Text text, Problems problems) {
    if (text.value().matches("0o?[0-7]{3}")) {
      var digits = text.value().substring(text.value().length() - 3);
      return Optional.of(Integer.parseInt(digits, 8));
    }
    problems.add(
        Diagnostic.error(
                DiagnosticId.INVALID_VALUE,
                text.span(),
                "`%s` is not a permission".formatted(text.quotable()))
            .helped("write three octal digits after `0o`: `0o400`"));
    return Optional.empty();
  }
}
