package dev.testudo.agent;

import java.io.Serial;
import java.util.Optional;

/// The agent cannot go on. The message is the one line its user reads: what, why, what to do.
public final class AgentFailure extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /// What the process tells its caller.
  public enum Kind {
    INPUT_WRONG(1),
    USAGE(2),
    ENVIRONMENT_FAILED(3),
    REFUSED(4);

    private final int exitCode;

    Kind(int exitCode) {
      this.exitCode = exitCode;
    }

    public int exitCode() {
      return exitCode;
    }
  }

  private final Kind kind;
  private final transient Optional<String> request;

  private AgentFailure(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.request = Optional.empty();
  }

  private AgentFailure(Kind kind, String message, Optional<String> request) {
    super(message);
    this.kind = kind;
    this.request = request;
  }

  /// What the policy says cannot be used.
  public static AgentFailure input(String message) {
    return new AgentFailure(Kind.INPUT_WRONG, message, Optional.empty());
  }

  /// The command line of the agent is wrong.
  public static AgentFailure usage(String message) {
    return new AgentFailure(Kind.USAGE, message, Optional.empty());
  }

  /// The world around us did not do its part while we were `doing` something.
  public static AgentFailure environment(String doing, Exception cause) {
    var reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new AgentFailure(Kind.ENVIRONMENT_FAILED, doing + ": " + reason, cause);
  }

  /// Attestation or policy said no.
  public static AgentFailure refused(String message) {
    return new AgentFailure(Kind.REFUSED, "refused: " + message, Optional.empty());
  }

  /// CAS said no, to the request that it calls `request`.
  public static AgentFailure refusedByCas(String message, String request) {
    return new AgentFailure(Kind.REFUSED, "refused: " + message, Optional.of(request));
  }

  public Kind kind() {
    return kind;
  }

  /// What CAS calls the request that it refused, if that is why.
  public Optional<String> request() {
    return request;
  }

  /// The line to print.
  public String line() {
    return String.valueOf(getMessage());
  }
}
