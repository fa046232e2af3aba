package dev.testudo.linux.process;

/// How a program ended (waitid(2)).
public sealed interface Exit {
  /// The program returned or called exit(3).
  ///
  /// @param code 0 to 255
  record Exited(int code) implements Exit {}

  /// A signal ended the program.
  ///
  /// @param signal its number
  record Killed(int signal) implements Exit {}

  /// The exit code a shell would show: 128 and the signal's number for a killed program.
  default int status() {
    return switch (this) {
      case Exited(int code) -> code;
      case Killed(int signal) -> 128 + signal;
    };
  }
}
