package dev.testudo.agent;

import java.io.Serial;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/// Thrown when the agent cannot continue. The message is the one line that its user reads: what
/// failed, why, and what to do.
public final class AgentFailure extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /// The kind of failure, which determines the exit code.
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

  /// Returns a failure because the policy asks for something that is not possible.
  public static AgentFailure input(String message) {
    return new AgentFailure(Kind.INPUT_WRONG, message, Optional.empty());
  }

  /// Returns a failure because the agent's command line is wrong.
  public static AgentFailure usage(String message) {
    return new AgentFailure(Kind.USAGE, message, Optional.empty());
  }

  /// Returns a failure of the environment while the agent was `doing` something.
  public static AgentFailure environment(String doing, Exception cause) {
    return new AgentFailure(Kind.ENVIRONMENT_FAILED, doing + ": " + reason(cause), cause);
  }

  /// Returns the cause in words. The JDK's file exceptions carry only the path.
  private static String reason(Exception cause) {
    return switch (cause) {
      case NoSuchFileException e -> e.getFile() + " does not exist";
      case AccessDeniedException e -> e.getFile() + " may not be accessed";
      default -> cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    };
  }

  /// Returns a refusal by attestation or policy.
  public static AgentFailure refused(String message) {
    return new AgentFailure(Kind.REFUSED, "refused: " + message, Optional.empty());
  }

  /// Returns a refusal by CAS. `request` is CAS's id of the refused request.
  public static AgentFailure refusedByCas(String message, String request) {
    return new AgentFailure(Kind.REFUSED, "refused: " + message, Optional.of(request));
  }

  public Kind kind() {
    return kind;
  }

  /// Returns CAS's id of the request that it refused, if CAS refused one.
  public Optional<String> request() {
    return request;
  }

  /// Returns the line to print.
  public String line() {
    return String.valueOf(getMessage());
  }
}
