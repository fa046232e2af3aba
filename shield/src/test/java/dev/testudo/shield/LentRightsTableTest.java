package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Checks that `docs/lent-rights.md` names a test for each right, and that those tests exist.
class LentRightsTableTest {
  private static final Path DOCUMENT = Path.of("../docs/lent-rights.md");
  private static final Pattern TEST = Pattern.compile("(?s)\n  Test: (.*?)(?=\n- |\n\n)");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");

  @Test
  void everyRightHasATest() throws IOException {
    var tests = tests();
    assertEquals(rights(), tests.size());
    var untested =
        tests.stream().filter(test -> names(test).isEmpty() && !test.equals("the same.")).toList();
    assertEquals(List.of(), untested);
  }

  @Test
  void everyTestExists() throws IOException {
    var names = tests().stream().flatMap(test -> names(test).stream()).toList();
    assertTrue(names.size() > 10, names::toString);
    for (var name : names) {
      assertTrue(exists(name), name);
    }
  }

  private static long rights() throws IOException {
    return Files.readAllLines(DOCUMENT).stream().filter(line -> line.startsWith("- **")).count();
  }

  private static List<String> tests() throws IOException {
    return TEST.matcher(Files.readString(DOCUMENT))
        .results()
        .map(test -> test.group(1).replaceAll("\\s+", " ").strip())
        .toList();
  }

  private static List<String> names(String test) {
    return NAME.matcher(test).results().map(name -> name.group(1)).toList();
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
