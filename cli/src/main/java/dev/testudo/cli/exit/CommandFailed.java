package dev.testudo.cli.exit;

import java.io.IOException;
import java.io.Serial;

/// A command cannot go on. The message is the line its user reads: what, where, why, what to do.
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

  /// The world around us did not do its part.
  public static CommandFailed environment(String message) {
    return new CommandFailed(ExitCode.ENVIRONMENT_FAILED, message);
  }

  /// The world failed while we were `doing` something.
  public static CommandFailed environment(String doing, IOException cause) {
    return new CommandFailed(ExitCode.ENVIRONMENT_FAILED, doing + ": " + reason(cause), cause);
  }

  /// What the user wrote cannot be used, and there is no place in a file to point at.
  public static CommandFailed input(String message) {
    return new CommandFailed(ExitCode.INPUT_WRONG, message);
  }

  /// The command line itself is wrong.
  public static CommandFailed usage(String message) {
    return new CommandFailed(ExitCode.USAGE, message);
  }

  /// Somebody said no: attestation, policy or access.
  public static CommandFailed refused(String message) {
    return new CommandFailed(ExitCode.REFUSED, message);
  }

  public ExitCode code() {
    return code;
  }

  /// The line to print.
  public String line() {
    return String.valueOf(getMessage());
  }

  /// What `cause` says in words a user can use: the JDK's file exceptions only carry the path.
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
