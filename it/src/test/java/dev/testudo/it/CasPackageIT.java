package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The image of CAS that `-Ppackages` has made, in the pod of its chart. Needs root.
@Tag("nightly")
@Timeout(900)
class CasPackageIT {
  private static final Path PACKAGES = Command.ROOT.resolve("dist/target/packages");
  private static final int SIGTERM = 128 + 15;

  @TempDir(cleanup = CleanupMode.NEVER) // podman's storage has mounts; it removes them itself
  private static Path shared;

  private static Path image() throws IOException {
    try (var found = Files.newDirectoryStream(PACKAGES, "testudo-cas-*")) {
      return found.iterator().next();
    }
  }

  @Test
  void itServesStopsAndComesBackWithItsKey() throws Exception {
    try (var network = PodNetwork.withoutCas(shared.resolve("network"))) {
      var cas = CasPods.of(network, shared.resolve("cas"), image());
      var first = cas.ready(cas.start("cas-0"));
      network.stop(first, 30);
      assertEquals(SIGTERM, first.ended(), first.said());
      assertEquals(CasPods.key(first), CasPods.key(cas.ready(cas.start("cas-0"))));
    }
  }
}
