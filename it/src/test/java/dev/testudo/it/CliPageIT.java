package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/// `docs/cli.md` is what the commands say of themselves.
class CliPageIT {
  @Test
  void thePageIsWhatTheCommandsSay() throws IOException {
    var page = Command.run(Command.ROOT.resolve("scripts/cli-page").toString());
    assertEquals(0, page.exit(), page::all);
    for (var command : List.of("agent run", "cas serve", "shield learn", "session delete")) {
      new Output(page.out()).hasLine("## testudo " + command);
    }
    for (var help : page.out().split("(?m)^```$", -1)) {
      for (var line : help.startsWith("\nUsage: ") ? help.lines().toList() : List.<String>of()) {
        assertTrue(line.length() <= 80, line);
      }
    }
    assertEquals(
        page.out(),
        Files.readString(Command.ROOT.resolve("docs/cli.md")),
        "docs/cli.md is not what the commands say; run `scripts/cli-page --write`");
  }
}
