package dev.testudo.policy.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DiagnosticPagesTest {
  private static final Path PAGES = Path.of("..", "docs", "diagnostics");
  private static final Pattern HEADING = Pattern.compile("#+ ");

  @ParameterizedTest
  @EnumSource(DiagnosticId.class)
  void eachDiagnosticHasAPageThatSaysWhatItMeansAndHowToMendIt(DiagnosticId id) throws IOException {
    var headings =
        Files.readAllLines(PAGES.resolve(id + ".md")).stream()
            .filter(line -> HEADING.matcher(line).lookingAt())
            .toList();
    assertEquals("# " + id, headings.getFirst());
    assertTrue(
        headings.containsAll(List.of("## Example", "## How to fix it")), headings.toString());
  }

  @Test
  void noPageIsAboutADiagnosticThatDoesNotExist() throws IOException {
    var orphans = new TreeSet<String>();
    try (Stream<Path> pages = Files.list(PAGES)) {
      pages
          .map(page -> page.toFile().getName().replace(".md", ""))
          .filter(id -> DiagnosticId.parse(id).isEmpty())
          .forEach(orphans::add);
    }
    assertEquals(new TreeSet<String>(), orphans);
  }

  @Test
  void idsAreReadBack() {
    assertEquals(Optional.of(DiagnosticId.UNKNOWN_SECRET), DiagnosticId.parse("unknown-secret"));
    assertEquals(Optional.empty(), DiagnosticId.parse("UNKNOWN_SECRET"));
  }
}
