package dev.testudo.cli.convert;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Text;
import java.util.Optional;

/// Reads port numbers.
final class Ports {
  private static final int LAST = 65_535;

  private Ports() {}

  /// Returns a port number from 1 to 65535 and reports anything else.
  static Optional<Integer> number(Text text, Tree tree) {
    if (text.value().matches("[0-9]{1,5}")) {
      var number = Integer.parseInt(text.value());
      if (number >= 1 && number <= LAST) {
        return Optional.of(number);
      }
    }
    tree.problems()
        .add(
            Diagnostic.error(
                DiagnosticId.INVALID_VALUE,
                text.span(),
                "`%s` is not a port from 1 to %d".formatted(text.quotable(), LAST)));
    return Optional.empty();
  }
}
