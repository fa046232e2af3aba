package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Redis' own benchmark, itself shielded, against shielded Redis: 50 clients, with pipelining.
class RedisBenchmarkIT {
  @TempDir private Path work;

  @Test
  void fiftyPipelinedClientsWorkThroughTheShield() throws IOException, InterruptedException {
    var mesh = Command.ROOT.resolve("bench/redis/mesh.yaml");
    try (var running = RunningMesh.launch(mesh, work.resolve("state"))) {
      running.awaitLine(
          "the benchmark's end",
          line -> line.contains("benchmark | ") && line.contains("pipeline 16 ends, exit 0"));
      assertEquals(
          4,
          running.lines(l -> l.matches("benchmark \\| \"(SET|GET)\",.*")).size(),
          running::output);
      assertTrue(running.lines(l -> l.contains("Error")).isEmpty(), running::output);
    }
  }
}
