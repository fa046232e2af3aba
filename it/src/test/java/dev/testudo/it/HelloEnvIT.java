package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
      new Output(mesh.output())
          .hasLine(
              "hello | Hello, myself. A password of 10 characters came with me; I keep it to myself.");
    }
  }
}
