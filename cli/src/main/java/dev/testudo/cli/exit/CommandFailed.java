package dev.testudo.cli.exit;

import java.io.IOException;
import java.io.Serial;

/// A command cannot continue. The message is the line that its user reads: what, where,
/// why, and what to do.
public final class CommandFailed extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final ExitCode code;

  private CommandFailed(ExitCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  private CommandFailed(ExitCode code, String message) {
    super(message);
    this.code = code;
  }

  /// Creates a failure of the environment.
  public static CommandFailed environment(String message) {
    return new CommandFailed(ExitCode.ENVIRONMENT_FAILED, message);
  }

  /// Creates a failure of the environment while `doing` something.
  public static CommandFailed environment(String doing, IOException cause) {
    return new CommandFailed(ExitCode.ENVIRONMENT_FAILED, doing + ": " + reason(cause), cause);
  }

  /// Creates a failure because of the user's input, if there is no place in a file to point at.
  public static CommandFailed input(String message) {
    return new CommandFailed(ExitCode.INPUT_WRONG, message);
  }

  /// Creates a failure because of a wrong command line.
  public static CommandFailed usage(String message) {
    return new CommandFailed(ExitCode.USAGE, message);
  }

  /// Creates a failure because attestation, a policy or access rights refuse something.
  public static CommandFailed refused(String message) {
    return new CommandFailed(ExitCode.REFUSED, message);
  }

  public ExitCode code() {
    return code;
  }

  /// Returns the line to print.
  public String line() {
    return String.valueOf(getMessage());
  }

  /// Returns the cause in words for people. The JDK's file exceptions carry only the path.
  public static String reason(IOException cause) {
    var message = cause.getMessage();
    return switch (cause) {
      case java.nio.file.NoSuchFileException e -> e.getFile() + " does not exist";
      case java.nio.file.AccessDeniedException e -> e.getFile() + " may not be accessed";
      case java.nio.file.FileAlreadyExistsException e -> e.getFile() + " exists already";
      case java.nio.file.NotDirectoryException e -> e.getFile() + " is not a directory";
      case java.nio.file.DirectoryNotEmptyException e -> e.getFile() + " is not empty";
      default -> message == null ? cause.getClass().getSimpleName() : message;
    };
  }
}
