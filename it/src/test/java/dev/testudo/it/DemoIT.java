package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `./quickstart` does once everything is built.
class DemoIT {
  @TempDir private Path work;

  @Test
  void theDemonstrationKeepsEveryPromiseAndTheMeshStopsAfterIt() throws IOException {
    var demo =
        Command.testudo(
            "up",
            "-f",
            Command.ROOT.resolve("examples/patient-records/mesh.yaml").toString(),
            "--state",
            work.resolve("state").toString(),
            "--ready-within",
            Long.toString(Patience.LIMIT.toSeconds()),
            "--",
            Command.ROOT.resolve("examples/patient-records/demo.sh").toString());
    assertEquals(0, demo.exit(), demo.all());
    new Output(demo.out())
        .hasLine(
            "   all as promised. The evidence was software evidence: not hardware attested, for"
                + " laptops and CI.");
  }
}
