package dev.testudo.linux.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A program with exactly what it is started with. Nothing is added: no variable of the caller's
/// environment, and no descriptor but 0, 1 and 2.
///
/// @param program the file to execute; PATH is not searched
/// @param argv the arguments; the first is the name under which the program sees itself
/// @param environment the whole environment
/// @param workingDirectory where the program starts; if absent, the calling thread's
///     working directory
/// @param input what the program reads from descriptor 0
/// @param signals the signals that are ignored and blocked at the start
public record Command(
    Path program,
    List<String> argv,
    Map<String, String> environment,
    Optional<Path> workingDirectory,
    Input input,
    SignalState signals) {

  /// The source of the program's descriptor 0.
  public enum Input {
    /// The caller's own descriptor 0.
    INHERITED,
    /// `/dev/null`, for callers that read their own input.
    EMPTY
  }

  /// Copies the collections.
  ///
  /// @throws IllegalArgumentException if `argv` is empty, if a string contains a NUL byte, or if a
  ///     variable's name is empty or contains `=`, because execve(2) cannot express these
  public Command {
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("a program needs at least argv[0]");
    }
    argv.forEach(argument -> rejectNul("an argument", argument));
    environment.forEach(Command::checkVariable);
  }

  /// Creates a command that reads the caller's input.
  public Command(
      Path program,
      List<String> argv,
      Map<String, String> environment,
      Optional<Path> workingDirectory) {
    this(program, argv, environment, workingDirectory, Input.INHERITED);
  }

  /// Creates a command that starts with no signal ignored or blocked.
  public Command(
      Path program,
      List<String> argv,
      Map<String, String> environment,
      Optional<Path> workingDirectory,
      Input input) {
    this(program, argv, environment, workingDirectory, input, SignalState.CLEAN);
  }

  /// Returns the program's name only, because arguments and environment may be secret.
  @Override
  public String toString() {
    return "Command[" + program + "]";
  }

  private static void checkVariable(String name, String value) {
    if (name.isEmpty() || name.indexOf('=') >= 0) {
      throw new IllegalArgumentException("`" + name + "` cannot be the name of a variable");
    }
    rejectNul("the name of a variable", name);
    rejectNul("variable " + name, value);
  }

  private static void rejectNul(String what, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(what + " holds a NUL byte");
    }
  }
}
