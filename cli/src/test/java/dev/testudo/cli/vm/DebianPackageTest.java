package dev.testudo.cli.vm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.evidence.Octets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Packages that Debian's own program makes.
class DebianPackageTest {
  @TempDir private Path folder;

  private Octets make(String compression) throws Exception {
    var root = folder.resolve("root");
    Files.createDirectories(root.resolve("DEBIAN"));
    Files.writeString(
        root.resolve("DEBIAN/control"),
        """
        Package: kernel
        Version: 1
        Architecture: all
        Maintainer: A <a@b.example>
        Description: none
        """);
    Files.createDirectories(root.resolve("boot"));
    Files.writeString(root.resolve("boot/vmlinuz-1"), "kernel");
    Files.writeString(root.resolve("boot/config-1"), "x".repeat(100_001));
    var file = folder.resolve("kernel.deb");
    var process =
        new ProcessBuilder(
                "dpkg-deb", "--root-owner-group", "-Z" + compression, "-b", root + "", file + "")
            .redirectErrorStream(true)
            .start();
    var output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), output);
    return Octets.of(Files.readAllBytes(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"xz", "zstd", "gzip", "none"})
  void theWantedFilesAreTakenOutOfAPackage(String compression) throws Exception {
    var made = make(compression);
    assertTrue(DebianPackage.is(made));
    var files = DebianPackage.files(made, path -> path.startsWith("/boot/vm"));
    assertEquals(Map.of("/boot/vmlinuz-1", Octets.of("kernel".getBytes(UTF_8))), files);
  }

  @Test
  void aPackageThatEndsTooEarlyIsRefused() throws Exception {
    var made = make("xz");
    for (var length = 8; length < made.length(); length += 7) {
      var part = made.slice(0, length);
      assertThrows(IOException.class, () -> DebianPackage.files(part, _ -> true), length + "");
    }
  }

  @Test
  void anotherFileIsNoPackage() {
    assertFalse(DebianPackage.is(Octets.of("MZ".getBytes(UTF_8))));
    assertFalse(DebianPackage.is(Octets.of("!<arch>\r".getBytes(UTF_8))));
  }
}
