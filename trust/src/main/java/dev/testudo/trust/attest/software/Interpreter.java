package dev.testudo.trust.attest.software;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;

/// What the first line of a script makes the kernel run instead, see execve(2). A script is not
/// measured unless that is, too.
public final class Interpreter {
  /// Most scripts that interpret each other.
  public static final int MOST = 5;

  /// How many bytes of a file its first line is looked for in: as many as the kernel reads.
  public static final int HEAD = 256;

  private Interpreter() {}

  /// The programs that a file is run by, the last of which may be a script again; empty if it is no
  /// script. `env` stands for the program that it looks for, and is one itself.
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
