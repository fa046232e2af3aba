package dev.testudo.linux.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A program and exactly what it is started with. Nothing is added: no variable of the caller's
/// environment, no descriptor but 0, 1 and 2.
///
/// @param program the file to execute; no search along PATH
/// @param argv the arguments, the first being the name the program sees of itself
/// @param environment the whole environment
/// @param workingDirectory where the program starts; when absent, where the calling thread is
/// @param input what the program reads from descriptor 0
/// @param signals how the program finds its signals
public record Command(
    Path program,
    List<String> argv,
    Map<String, String> environment,
    Optional<Path> workingDirectory,
    Input input,
    SignalState signals) {

  /// What descriptor 0 of the program is.
  public enum Input {
    /// The caller's own descriptor 0.
    INHERITED,
    /// `/dev/null`, for callers that read their own input themselves.
    EMPTY
  }

  /// Copies the collections.
  ///
  /// @throws IllegalArgumentException when there is no `argv[0]`, when a text holds a NUL byte, or
  ///     when the name of a variable is empty or holds `=`: execve(2) cannot express those
  public Command {
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("a program needs at least argv[0]");
    }
    argv.forEach(argument -> rejectNul("an argument", argument));
    environment.forEach(Command::checkVariable);
  }

  /// A command that reads the caller's input.
  public Command(
      Path program,
      List<String> argv,
      Map<String, String> environment,
      Optional<Path> workingDirectory) {
    this(program, argv, environment, workingDirectory, Input.INHERITED);
  }

  /// A command that starts with no signal ignored or blocked.
  public Command(
      Path program,
      List<String> argv,
      Map<String, String> environment,
      Optional<Path> workingDirectory,
      Input input) {
    this(program, argv, environment, workingDirectory, input, SignalState.CLEAN);
  }

  /// Names the program only: arguments and environment may hold secrets.
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
