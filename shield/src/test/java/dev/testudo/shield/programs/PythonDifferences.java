package dev.testudo.shield.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// The known differences of [PythonSuite] with their reasons: one `test: reason` per line.
final class PythonDifferences {
  private PythonDifferences() {}

  static Map<String, String> known() throws IOException {
    var known = new TreeMap<String, String>();
    for (var line : Files.readAllLines(Path.of("src/test/programs/python-differences.txt"))) {
      var parts = line.split(": ", 2);
      known.put(parts[0], parts[1]);
    }
    return known;
  }
}
