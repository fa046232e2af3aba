package dev.testudo.linux.process;

/// How a program ended (waitid(2)).
public sealed interface Exit {
  /// The program returned from main or called exit(3).
  ///
  /// @param code 0 to 255
  record Exited(int code) implements Exit {}

  /// A signal ended the program.
  ///
  /// @param signal the signal's number
  record Killed(int signal) implements Exit {}

  /// Returns the exit code that a shell would report: 128 plus the signal's number for a
  /// killed program.
  default int status() {
    return switch (this) {
      case Exited(int code) -> code;
      case Killed(int signal) -> 128 + signal;
    };
  }
}
