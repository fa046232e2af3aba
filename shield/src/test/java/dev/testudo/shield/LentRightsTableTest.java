package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `docs/lent-rights.md` names the test of each right, and those tests exist.
class LentRightsTableTest {
  private static final Path DOCUMENT = Path.of("../docs/lent-rights.md");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");

  @Test
  void everyRightHasATest() throws IOException {
    var untested =
        lastCells().filter(cell -> names(cell).isEmpty() && !cell.equals("the same")).toList();
    assertEquals(List.of(), untested);
  }

  @Test
  void everyTestExists() throws IOException {
    var names = lastCells().flatMap(cell -> names(cell).stream()).toList();
    assertTrue(names.size() > 10, names::toString);
    for (var name : names) {
      assertTrue(exists(name), name);
    }
  }

  private static Stream<String> lastCells() throws IOException {
    return Files.readAllLines(DOCUMENT).stream()
        .filter(line -> line.startsWith("| "))
        .skip(2)
        .map(line -> line.split("\\|", -1))
        .map(cells -> cells[cells.length - 2].strip());
  }

  private static List<String> names(String cell) {
    return NAME.matcher(cell).results().map(name -> name.group(1)).toList();
  }

  /// `Class`, `Class.method`, each perhaps after `module: `, or a program of the escape suite.
  private static boolean exists(String name) throws IOException {
    if (Files.exists(Path.of("src/test/escape", name + ".c"))) {
      return true;
    }
    var module = name.contains(": ") ? name.replaceFirst(": .*", "") : "shield";
    var words = name.replaceFirst(".*: ", "").split("\\.", -1);
    try (var files = Files.walk(Path.of("..", module, "src/test/java"))) {
      var file = files.filter(one -> one.endsWith(words[0] + ".java")).findFirst();
      return file.isPresent()
          && (words.length == 1 || Files.readString(file.get()).contains("void " + words[1] + "("));
    }
  }
}
