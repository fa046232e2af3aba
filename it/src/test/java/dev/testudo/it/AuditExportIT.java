package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A CAS whose audit log goes to standard output, as in a container.
@Timeout(3600)
class AuditExportIT {
  @TempDir private Path work;

  @Test
  void standardOutputHasTheAnnouncementAndThenEachLineOfTheLog()
      throws IOException, InterruptedException {
    var state = work.resolve("cas");
    for (var start = 1; start <= 2; start++) {
      var process =
          new ProcessBuilder(
                  Command.LAUNCHER.toString(),
                  "cas",
                  "serve",
                  "--state",
                  state.toString(),
                  "--listen",
                  "127.0.0.1:0",
                  "--first-come",
                  "--exit-with-stdin",
                  "--audit-to",
                  "stdout")
              .redirectError(work.resolve("log").toFile())
              .start();
      var out = process.inputReader(StandardCharsets.UTF_8);
      var announced = new ObjectMapper().readTree(out.readLine());
      assertTrue(announced.has("listening"), announced::toString);
      process.getOutputStream().close();
      var lines = new ArrayList<>(out.lines().toList());
      assertTrue(Patience.outlasts(process));
      assertEquals(
          List.of("started", "stopped"), lines.stream().map(AuditExportIT::event).toList());
      var file = Files.readAllLines(state.resolve("audit.jsonl"));
      assertEquals(2 * start, file.size());
      assertEquals(file.subList(file.size() - 2, file.size()), lines);
    }
  }

  private static String event(String line) {
    try {
      return new ObjectMapper().readTree(line).path("event").asText();
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }
}
