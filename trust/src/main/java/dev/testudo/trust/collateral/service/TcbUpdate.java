package dev.testudo.trust.collateral.service;

import java.util.Optional;

/// Which of Intel's TCB evaluations is asked for.
public sealed interface TcbUpdate {
  /// The evaluation that counts about six weeks after a disclosure.
  record Standard() implements TcbUpdate {}

  /// The evaluation that counts at a disclosure.
  record Early() implements TcbUpdate {}

  /// The evaluation of a number, as long as the service has it.
  record Numbered(int number) implements TcbUpdate {}

  /// Reads `standard` or `early`.
  static Optional<TcbUpdate> parse(String text) {
    return switch (text) {
      case "standard" -> Optional.of(new Standard());
      case "early" -> Optional.of(new Early());
      default -> Optional.empty();
    };
  }

  /// Returns the parameter of the request.
  default String query() {
    return switch (this) {
      case Standard _ -> "update=standard";
      case Early _ -> "update=early";
      case Numbered(var number) -> "tcbEvaluationDataNumber=" + number;
    };
  }
}
