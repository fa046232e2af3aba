package dev.testudo.trust.channel;

import java.io.IOException;

/// CAS refused this program its configuration. The message names the request; only those who may
/// read the session learn what was expected and what was seen. The refusal came through a channel
/// with the pinned key.
public final class AttestationException extends IOException {
  private static final long serialVersionUID = 1;
  private final transient Problem problem;

  /// Creates an exception for a refusal.
  public AttestationException(Problem problem) {
    super(
        "%s; `testudo cas why %s` tells whoever may read the session why"
            .formatted(problem.text(), problem.request()));
    this.problem = problem;
  }

  /// Returns the answer of CAS.
  public Problem problem() {
    return problem;
  }

  /// Returns the id of the refused request.
  public String request() {
    return problem.request();
  }
}
