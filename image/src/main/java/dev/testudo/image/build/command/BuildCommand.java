package dev.testudo.image.build.command;

import java.util.List;

/// A command that changes the files of an image. It runs as the image's root and reads nothing from
/// its standard input.
public sealed interface BuildCommand {
  /// A line for the shell of the image: `/bin/sh -c LINE`.
  ///
  /// @param line the line as written
  record Shell(String line) implements BuildCommand {}

  /// A program with its arguments. The program is found in the `PATH` of the build.
  ///
  /// @param arguments the program and its arguments; not empty
  record Arguments(List<String> arguments) implements BuildCommand {
    /// Copies the list.
    ///
    /// @throws IllegalArgumentException if there is no program
    public Arguments {
      arguments = List.copyOf(arguments);
      if (arguments.isEmpty()) {
        throw new IllegalArgumentException("a command has a program");
      }
    }
  }

  /// Returns the program and its arguments.
  default List<String> vector() {
    return switch (this) {
      case Shell(var line) -> List.of("/bin/sh", "-c", line);
      case Arguments(var arguments) -> arguments;
    };
  }

  /// The most characters of a command in a message.
  int SHOWN = 200;

  /// Returns the command as messages show it: on one line, and cut if it is long.
  default String shown() {
    var text =
        switch (this) {
          case Shell(var line) -> line;
          case Arguments(var arguments) -> String.join(" ", arguments);
        };
    var line = text.strip().replaceAll("\\s+", " ").replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
    return line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line;
  }
}
