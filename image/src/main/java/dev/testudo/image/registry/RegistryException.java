package dev.testudo.image.registry;

import java.io.IOException;
import java.util.Objects;

/// A request to a registry failed. The message is one line with the registry, the repository, the
/// action, the status, the registry's own error code and what to do. It never contains a secret,
/// nor text that the registry is free to choose.
public final class RegistryException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient RegistryProblem problem;

  /// Creates an exception.
  public RegistryException(RegistryProblem problem) {
    super(problem.line());
    this.problem = problem;
  }

  /// Creates an exception with its cause.
  public RegistryException(RegistryProblem problem, Throwable cause) {
    super(problem.line(), cause);
    this.problem = problem;
  }

  /// Returns what failed, in parts.
  public RegistryProblem problem() {
    return problem;
  }

  /// Returns what kind of failure it is.
  public RegistryFault fault() {
    return problem.fault();
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
