package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A program that ends: its values come from the Meshfile and from CAS, and `up` ends with it.
class HelloEnvIT {
  @TempDir private Path work;

  @Test
  void theProgramGetsItsUserAndItsGeneratedPasswordAndUpEndsWithIt()
      throws IOException, InterruptedException {
    var mesh =
        RunningMesh.launch(
            Command.ROOT.resolve("examples/hello-env/mesh.yaml"), work.resolve("state"));
    try (mesh) {
      assertEquals(0, mesh.awaitEnd(), mesh::output);
      assertTrue(mesh.output().contains("myself"), mesh::output);
      assertTrue(mesh.output().contains("10 characters"), mesh::output);
    }
  }
}
