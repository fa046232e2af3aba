package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The man pages of all commands.
@Timeout(3600)
class ManPagesIT {
  @TempDir private Path folder;

  @Test
  void everyDocumentedCommandHasAPageThatManCanShow() throws IOException {
    var written = Command.testudo("manual", "--write", folder.toString());
    assertEquals(0, written.exit(), written.all());
    var documented =
        Pattern.compile("(?m)^## (testudo.*)$")
            .matcher(Files.readString(Command.ROOT.resolve("docs/cli.md")))
            .results()
            .map(heading -> heading.group(1).replace(' ', '-') + ".1")
            .collect(Collectors.toSet());
    try (var files = Files.list(folder)) {
      assertEquals(
          documented, files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()));
    }
    for (var page : documented) {
      var file = folder.resolve(page).toString();
      var shown = Command.run("groff", "-ww", "-man", "-Tutf8", "-P-cbou", file);
      assertEquals("", shown.err(), page);
      assertTrue(shown.out().contains("SYNOPSIS"), page);
    }
    var serve = Files.readString(folder.resolve("testudo-cas-serve.1"));
    assertTrue(serve.contains("\\-\\-owner\\-file"), serve);
  }
}
