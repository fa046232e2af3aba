package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// When `testudo apply -f mesh.yaml` builds the image of a curated service. Runs as root.
@Timeout(300)
class CuratedBuildsIT {
  private static final int ENVIRONMENT_FAILED = 3;

  @TempDir private Path work;

  @BeforeEach
  void makeTheBases() throws IOException {
    var bases = new TestLayout(work.resolve("bases"));
    for (var version : List.of("first", "second")) {
      var files =
          new ImageFiles()
              .program("/bin/busybox")
              .link("/bin/memcached", "busybox")
              .directory("/tmp", 01777)
              .text("/etc/passwd", "memcache:x:100:100::/:/bin/sh\n")
              .text("/etc/version", version);
      bases.image(version, files, List.of("/bin/memcached"), "");
    }
    writeTheMesh(", base: \"oci:bases:first\"");
  }

  private void writeTheMesh(String base) throws IOException {
    Files.writeString(
        work.resolve("mesh.yaml"),
        """
        apiVersion: scone/5.8
        kind: mesh
        cas: [{name: cas, mode: NoUpload}]
        policy: {namespace: shop, tolerate: software-evidence}
        services:
          - {image: "registry.example/shop/memcached:1"%s}
        """
            .formatted(base));
  }

  private List<String> words(String... more) {
    var words = new ArrayList<>(List.of(Command.LAUNCHER.toString(), "apply", "--no-push"));
    words.addAll(List.of("--no-chart", "-f", work.resolve("mesh.yaml").toString()));
    words.addAll(List.of(more));
    return words;
  }

  /// Applies the mesh and returns the record of the image, which has the time of its last build.
  private String applied(String... more) throws IOException {
    var applied =
        Command.run(Map.of("XDG_CACHE_HOME", work.resolve("cache").toString()), words(more));
    assertEquals(0, applied.exit(), applied::all);
    return Files.readString(work.resolve("target/images/registry.example_shop_memcached.json"));
  }

  @Test
  void anImageIsBuiltAgainOnlyIfSomethingAsksForIt() throws IOException {
    var first = applied();
    assertEquals(first, applied());
    var rebuilt = applied("--rebuild");
    assertNotEquals(first, rebuilt);

    var layout = work.resolve("target/images/registry.example_shop_memcached_1.oci");
    Files.move(layout, work.resolve("gone"));
    var stored = applied();
    assertNotEquals(rebuilt, stored);
    assertTrue(Files.exists(layout));

    writeTheMesh(", base: \"oci:bases:second\"");
    var second = applied();
    assertNotEquals(stored, second);
    assertEquals(second, applied());
  }

  @Test
  void aBaseThatCannotBeReadIsReportedInTheMeshfile() throws IOException {
    for (var base : List.of("", ", base: \"oci:bases:third\"")) {
      writeTheMesh(base);
      var words = new ArrayList<>(List.of("unshare", "--net")); // so no registry can be reached
      words.addAll(words());
      var failed = Command.run(Map.of(), words);
      assertEquals(ENVIRONMENT_FAILED, failed.exit(), failed::all);
      var place = work.resolve("mesh.yaml") + ":6:" + (base.isEmpty() ? 13 : 56);
      var last = failed.err().strip().lines().toList().getLast();
      assertTrue(last.startsWith("testudo: " + place + ": "), last);
    }
  }
}
