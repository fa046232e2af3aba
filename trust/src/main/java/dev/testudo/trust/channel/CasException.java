package dev.testudo.trust.channel;

import java.io.IOException;

/// CAS answered, and did not do what it was asked: it refuses, or cannot do it now.
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

  /// Whether CAS is doing as much as it may, for this caller or in all, or the request arrived too
  /// slowly (408); asking again later is right.
  public boolean isBusy() {
    return status == 408 || status == 429 || status == 503;
  }

  /// Whether CAS has decided; asking again changes nothing. Otherwise it is busy, or has failed.
  public boolean isRefusal() {
    return status < 500 && !isBusy();
  }

  /// What CAS said.
  public Problem problem() {
    return problem;
  }
}
