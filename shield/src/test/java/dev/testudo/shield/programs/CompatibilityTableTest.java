package dev.testudo.shield.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.shield.MarkdownItem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.EnumSource;

/// `docs/compatibility.md` is written from the tests; `-Dgolden.update=true` rewrites it.
class CompatibilityTableTest {
  private static final Path DOCUMENT = Path.of("../docs/compatibility.md");
  private static final Path LIMITS = Path.of("src/test/programs/limits.md");

  private static final List<Class<?>> STORIES =
      List.of(
          DatabasesPrivilegedTest.class,
          ServersPrivilegedTest.class,
          FtpPrivilegedTest.class,
          ClustersPrivilegedTest.class,
          FrameworksPrivilegedTest.class,
          BrowsersPrivilegedTest.class,
          LanguagesPrivilegedTest.class,
          SharingPrivilegedTest.class,
          PeersByProcessPrivilegedTest.class);

  private static final String BEFORE =
      """
      # Compatibility

      This page lists programs that run unchanged under the shield. Each entry is a test that runs
      the same scenario three times:

      - without a shield,
      - with each program under an unprotected shield of its own,
      - with each program under a protected shield of its own, with TLS on both sides.

      The test makes the same assertions each time: exit codes, checksums of all data in both
      directions, output of the clients. In the protected run it also checks that at least the bytes
      of the scenario went through TLS and that nothing was refused. In the other runs it checks
      that no byte went through TLS. `CompatibilityTableTest` generates this page from the tests.

      """;

  private static final String PYTHON =
      """

      ## CPython's own tests

      `test_socket test_selectors test_socketserver test_ssl test_asyncio` (Debian's
      `libpython3.11-testsuite`) run without a shield, and under a shield in mode `unprotected`. The
      results are compared test by test. Every build runs a selection; `./mvnw verify -Pnightly`
      runs all of them. The following tests differ. The comparison fails if others differ, or if one
      of these no longer does:

      """;

  @Test
  void theDocumentIsWhatTheTestsSay() throws IOException {
    var expected = document();
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(DOCUMENT, expected);
    }
    assertEquals(expected, Files.readString(DOCUMENT));
  }

  @Test
  void everyStoryHasARow() {
    for (var story : STORIES) {
      for (var method : story.getDeclaredMethods()) {
        boolean told = method.isAnnotationPresent(EnumSource.class);
        assertTrue(!told || method.isAnnotationPresent(Runs.class), method::toString);
      }
    }
  }

  private static String document() throws IOException {
    var rows = STORIES.stream().flatMap(CompatibilityTableTest::rows).collect(Collectors.joining());
    var differences = new StringBuilder();
    PythonDifferences.known()
        .forEach(
            (test, why) -> differences.append(MarkdownItem.of("`%s`: %s.".formatted(test, why))));
    return BEFORE + rows + PYTHON + differences + "\n" + Files.readString(LIMITS);
  }

  private static Stream<String> rows(Class<?> story) {
    return Arrays.stream(story.getDeclaredMethods())
        .filter(method -> method.isAnnotationPresent(Runs.class))
        .map(
            method -> {
              var runs = method.getAnnotation(Runs.class);
              var test = "`%s.%s`".formatted(story.getSimpleName(), method.getName());
              boolean nightly = method.isAnnotationPresent(Tag.class);
              return MarkdownItem.of(
                  "**%s**: %s.".formatted(runs.program(), runs.what()),
                  nightly ? test + " (nightly)" : test);
            })
        .sorted();
  }
}
