package dev.testudo.trust.measure;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;

/// Finds the interpreters of a script from its first line, as the kernel does (execve(2)).
/// Measuring a script includes measuring its interpreters.
public final class Interpreter {
  /// The most scripts in a chain of interpreters.
  public static final int MOST = 5;

  /// The number of bytes in which the first line must end: as many as the kernel reads.
  public static final int HEAD = 256;

  private Interpreter() {}

  /// Returns the programs that run a file, the last of which may be a script itself; empty if the
  /// file is not a script. `env` is followed by the program that it looks for.
  ///
  /// @param head the first [#HEAD] bytes of the file
  public static List<String> of(byte[] head) {
    var text = new String(head, ISO_8859_1);
    var end = text.indexOf('\n');
    var line = end < 0 ? text : text.substring(0, end);
    if (!line.startsWith("#!") || line.substring(2).isBlank()) {
      return List.of();
    }
    var words = List.of(line.substring(2).strip().split("\\s+"));
    var programs = new ArrayList<>(List.of(words.getFirst()));
    if (words.getFirst().endsWith("/env")) {
      words.stream()
          .skip(1)
          .filter(word -> !word.startsWith("-") && !word.contains("="))
          .findFirst()
          .ifPresent(programs::add);
    }
    return List.copyOf(programs);
  }
}
