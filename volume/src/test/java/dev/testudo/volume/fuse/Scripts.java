package dev.testudo.volume.fuse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The Python programs among the resources of the tests.
final class Scripts {
  private Scripts() {}

  /// Returns a resource as text.
  static String text(String name) throws IOException {
    try (var in = Scripts.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// Returns the words of a command that runs a script, which is copied to `folder`.
  static List<String> command(Path folder, String name, Object... arguments) throws IOException {
    var file = Files.writeString(folder.resolve(name), text(name));
    var words = new ArrayList<>(List.of("/usr/bin/python3", file.toString()));
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    return words;
  }
}
