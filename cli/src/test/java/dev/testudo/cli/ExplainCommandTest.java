package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExplainCommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  @TempDir Path work;

  static List<String> known() {
    return ExplainCommand.known();
  }

  private int run(String... args) {
    return Cli.run(args, CliTest.context(out, err, work));
  }

  @ParameterizedTest
  @MethodSource("known")
  void everyIdIsExplained(String id) {
    assertEquals(0, run("explain", id), () -> err.toString(UTF_8));
    assertEquals("# " + id, new Printed(out.toString(UTF_8)).lines().getFirst());
  }

  @Test
  void noPageIsAboutAnIdThatDoesNotExist() throws IOException {
    try (Stream<Path> pages = Files.list(Path.of("..", "docs", "diagnostics"))) {
      assertEquals(
          new TreeSet<>(ExplainCommand.known()),
          pages
              .map(page -> page.toFile().getName().replace(".md", ""))
              .collect(Collectors.toCollection(TreeSet::new)));
    }
  }

  @Test
  void anUnknownDiagnosticIsAnErrorWithASuggestion() {
    assertEquals(1, run("explain", "unknown-secrt"));
    assertEquals(
        "testudo: there is no diagnostic `unknown-secrt`; did you mean `unknown-secret`?\n",
        err.toString(UTF_8));
  }
}
