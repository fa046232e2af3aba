package dev.testudo.trust.channel;

import java.io.IOException;

/// CAS did not give this program its configuration. The message names the request; what was
/// expected and what was seen is for those who may read the session. It came through the channel
/// whose key was pinned.
public final class AttestationException extends IOException {
  private static final long serialVersionUID = 1;
  private final transient Problem problem;

  /// A refusal.
  public AttestationException(Problem problem) {
    super(
        "%s; `testudo cas why %s` tells whoever may read the session why"
            .formatted(problem.text(), problem.request()));
    this.problem = problem;
  }

  /// What CAS said.
  public Problem problem() {
    return problem;
  }

  /// What CAS calls the request that it refused.
  public String request() {
    return problem.request();
  }
}
