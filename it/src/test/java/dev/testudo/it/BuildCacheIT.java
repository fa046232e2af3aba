package dev.testudo.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.testudo.image.layout.LayoutSource;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.ManifestReference.ByTag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What `testudo apply -f service.yaml` runs again after a change. The commands write something
/// random, so a layer is the same only if nothing was run. Runs as root.
@Timeout(1800)
class BuildCacheIT {
  private static final String RANDOM = "cat /proc/sys/kernel/random/uuid";
  private static final int PROGRAM = 0755;

  @TempDir private Path work;

  /// The layers that commands have made.
  ///
  /// @param requirements that of the packages
  /// @param run that of the other commands
  private record Layers(Digest requirements, Digest run) {}

  private void base() throws IOException {
    var python = "#!/bin/sh\n%s > /etc/installed\n".formatted(RANDOM);
    var files =
        new ImageFiles()
            .program("/bin/busybox")
            .link("/bin/sh", "busybox")
            .link("/bin/cat", "busybox")
            .file("/usr/bin/python3", python.getBytes(UTF_8), PROGRAM)
            .text("/etc/passwd", "root:x:0:0::/:/bin/sh\n");
    new TestLayout(work.resolve("bases")).image("base", files, List.of("/bin/sh"), "");
  }

  private void write(String name, String content) throws IOException {
    Files.writeString(work.resolve(name), content);
  }

  private Layers build() throws IOException {
    var to = "oci:%s:a".formatted(work.resolve("out"));
    var words =
        List.of(
            Command.LAUNCHER.toString(),
            "apply",
            "-f",
            work.resolve("service.yaml").toString(),
            "--to",
            to);
    var cache = Map.of("XDG_CACHE_HOME", work.resolve("cache").toString());
    var built = Command.run(cache, words);
    assertEquals(0, built.exit(), built::all);
    try (var source = LayoutSource.directory(work.resolve("out"))) {
      var layers = ImageParts.read(source, new ByTag("a"), TestLayout.PLATFORM).manifest().layers();
      return new Layers(layers.get(1).digest(), layers.get(3).digest());
    }
  }

  @Test
  void aChangeOfTheProgramRunsOnlyWhatCanSeeTheProgram() throws Exception {
    base();
    write("requirements.txt", "flask\n");
    write("app.sh", "echo 1\n");
    write(
        "service.yaml",
        """
        apiVersion: scone/5.8
        kind: genservice
        build:
          name: app
          kind: python
          from: "oci:%s:base"
          to: example/app:1
          command: sh app.sh
          pwd: /srv/app
          requirements: requirements.txt
          copy: app.sh
          run: ["%s > /etc/made"]
        """
            .formatted(work.resolve("bases"), RANDOM));
    var first = build();
    assertEquals(first, build());
    write("app.sh", "echo 2\n");
    var program = build();
    assertEquals(first.requirements(), program.requirements());
    assertNotEquals(first.run(), program.run());
    write("requirements.txt", "flask\nredis\n");
    var packages = build();
    assertNotEquals(first.requirements(), packages.requirements());
    assertNotEquals(program.run(), packages.run());
    // Nothing that was made is made again.
    write("requirements.txt", "flask\n");
    write("app.sh", "echo 1\n");
    assertEquals(first, build());
  }
}
