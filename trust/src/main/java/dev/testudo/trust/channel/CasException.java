package dev.testudo.trust.channel;

import java.io.IOException;

/// CAS answered and refused.
public final class CasException extends IOException {
  private static final long serialVersionUID = 1;
  private final int status;
  private final transient Problem problem;

  /// The answer's HTTP status and problem.
  public CasException(int status, Problem problem) {
    super(problem.text());
    this.status = status;
    this.problem = problem;
  }

  /// HTTP status.
  public int status() {
    return status;
  }

  /// What CAS said.
  public Problem problem() {
    return problem;
  }
}
