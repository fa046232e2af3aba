package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two services with the same port, as in two containers, on one machine.
class SamePortSideBySideIT {
  @TempDir private Path work;

  @Test
  void twoServicesOnOnePortEachHaveTheirOwnAddress() throws IOException, InterruptedException {
    var mesh = Command.ROOT.resolve("it/src/test/resources/meshes/same-port/mesh.yaml");
    try (var running = RunningMesh.start(mesh, work.resolve("state"))) {
      var one = running.address("one");
      var two = running.address("two");
      assertNotEquals(one, two);
      running.awaitListener(one, 6379);
      running.awaitListener(two, 6379);
      assertEquals("OK", redis(one, "set", "who", "one"));
      assertEquals("OK", redis(two, "set", "who", "two"));
      assertEquals("one", redis(one, "get", "who"));
      assertEquals("two", redis(two, "get", "who"));
    }
  }

  private static String redis(String address, String... words) {
    var all = new java.util.ArrayList<>(java.util.List.of("redis-cli", "-h", address));
    all.addAll(java.util.List.of(words));
    return Command.run(all.toArray(String[]::new)).out().strip();
  }
}
