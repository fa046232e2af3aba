package dev.testudo.trust.channel;

import java.io.IOException;

/// CAS answered that it refuses a request or cannot execute it now.
public final class CasException extends IOException {
  private static final long serialVersionUID = 1;
  private final int status;
  private final transient Problem problem;

  /// Creates an exception from the answer's HTTP status and problem.
  public CasException(int status, Problem problem) {
    super(problem.text());
    this.status = status;
    this.problem = problem;
  }

  /// Returns the HTTP status.
  public int status() {
    return status;
  }

  /// Returns true if CAS has reached a limit, for this caller or in all, or the request arrived too
  /// slowly (408). Asking again later may succeed.
  public boolean isBusy() {
    return status == 408 || status == 429 || status == 503;
  }

  /// Returns true if CAS has decided, so that asking again changes nothing. Otherwise it is
  /// busy or has failed.
  public boolean isRefusal() {
    return status < 500 && !isBusy();
  }

  /// Returns the answer of CAS.
  public Problem problem() {
    return problem;
  }
}
