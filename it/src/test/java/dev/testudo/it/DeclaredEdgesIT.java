package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A mesh whose Meshfile declares who talks to whom: stock Redis and redis-cli, without TLS of
/// their own and without rules in their manifests.
@Timeout(3600)
class DeclaredEdgesIT {
  private static final Path MESH =
      Command.ROOT.resolve("it/src/test/resources/meshes/declared/mesh.yaml");

  @TempDir private Path work;

  @Test
  void theDeclaredCallerIsServedAndNobodyElse() throws Exception {
    try (var mesh = RunningMesh.start(MESH, work.resolve("state"))) {
      mesh.awaitLine("the answer", "caller | PONG"::equals);
      mesh.awaitLine(
          "the connection", "testudo | caller → redis connected (rule CLIENT_redis_6379)"::equals);

      Patience.until(
          () ->
              mesh.refusalsOf("stranger").stream()
                  .anyMatch(r -> r.operation().equals("connect") && r.rule().isEmpty()),
          mesh::output);
      Patience.until(
          () ->
              mesh.refusalsOf("redis").stream()
                  .anyMatch(r -> r.operation().equals("accept") && r.rule().equals("SERVER_6379")),
          mesh::output);
      assertTrue(
          mesh.lines(l -> l.startsWith("stranger | PONG") || l.startsWith("plain | PONG"))
              .isEmpty(),
          mesh::output);

      var why = Command.testudo("shield", "why", "declared/stranger/sh");
      assertEquals(0, why.exit(), why.all());
      assertTrue(
          new Output(why.out()).refusals().stream().anyMatch(r -> r.operation().equals("connect")),
          why.all());
    }
  }
}
