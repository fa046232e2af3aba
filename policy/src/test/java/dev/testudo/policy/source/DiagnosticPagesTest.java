package dev.testudo.policy.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.decision.ReasonId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DiagnosticPagesTest {
  private static final Path PAGES = Path.of("..", "docs", "diagnostics");
  private static final Pattern HEADING = Pattern.compile("#+ ");

  static List<String> ids() {
    return Stream.concat(
            Arrays.stream(DiagnosticId.values()).map(DiagnosticId::text),
            Arrays.stream(ReasonId.values()).map(ReasonId::text))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("ids")
  void eachDiagnosticHasAPageThatSaysWhatItMeansAndHowToMendIt(String id) throws IOException {
    var headings =
        Files.readAllLines(PAGES.resolve(id + ".md")).stream()
            .filter(line -> HEADING.matcher(line).lookingAt())
            .toList();
    assertEquals("# " + id, headings.getFirst());
    assertTrue(
        headings.containsAll(List.of("## Example", "## How to fix it")), headings.toString());
  }

  @Test
  void noTwoPagesHaveOneName() {
    assertEquals(ids().size(), Set.copyOf(ids()).size());
  }

  @Test
  void idsAreReadBack() {
    assertEquals(Optional.of(DiagnosticId.UNKNOWN_SECRET), DiagnosticId.parse("unknown-secret"));
    assertEquals(Optional.empty(), DiagnosticId.parse("UNKNOWN_SECRET"));
  }
}
