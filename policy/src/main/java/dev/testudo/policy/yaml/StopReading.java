package dev.testudo.policy.yaml;

import dev.testudo.policy.source.Diagnostic;
import java.io.Serial;

/// Aborts the reading of a document at an error that prevents going on. Never leaves the package.
final class StopReading extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final transient Diagnostic diagnostic;

  StopReading(Diagnostic diagnostic) {
    super(diagnostic.message(), null, false, false);
    this.diagnostic = diagnostic;
  }

  Diagnostic diagnostic() {
    return diagnostic;
  }
}
