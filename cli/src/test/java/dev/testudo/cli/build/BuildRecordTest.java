package dev.testudo.cli.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.image.oci.Digest;
import dev.testudo.policy.deployment.ProtectedRegion;
import dev.testudo.trust.attest.evidence.Measurement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The record of builds, and the folders in which they take place.
class BuildRecordTest {
  private static final String IMAGE = "localhost:5000/shop/api:1";

  @TempDir private Path target;

  private static BuiltVersion version(String image, int number) {
    return new BuiltVersion(
        image,
        Digest.of(("image " + number).getBytes(StandardCharsets.UTF_8)),
        Measurement.parse("%064x".formatted(number)).orElseThrow(),
        List.of("ab".repeat(32)),
        Map.of("PATH", "/bin"),
        Optional.of("/srv"),
        Optional.of(
            new ProtectedRegion("/files", "cd".repeat(32), Optional.of("ef".repeat(16)), true)),
        Optional.of("999:999"),
        "inputs",
        Instant.ofEpochSecond(number));
  }

  @Test
  void theKeyOfReadableFilesIsNotTakenForEncryptedOnes() throws IOException, CommandFailed {
    var readable = new ProtectedRegion("/f", "ab".repeat(32), Optional.of("cd".repeat(16)), false);
    var one = version("example/app:1", 1);
    var two = withFiles(version("example/app:2", 2), readable);
    add(one);
    add(two);
    var record = BuildRecord.of(target, "example/app");
    assertEquals(Optional.of(two), record.newest("example/app:2"));
    assertEquals(one.files().map(ProtectedRegion::key), record.filesKey());
  }

  private static BuiltVersion withFiles(BuiltVersion version, ProtectedRegion files) {
    return new BuiltVersion(
        version.image(),
        version.digest(),
        version.measurement(),
        version.stable(),
        version.environment(),
        version.workingDirectory(),
        Optional.of(files),
        version.user(),
        version.inputs(),
        version.time());
  }

  private void add(BuiltVersion version) throws IOException, CommandFailed {
    BuildRecord.of(target, version.image()).add(version, target);
  }

  @Test
  void theNewestVersionOfATagIsFound() throws Exception {
    add(version(IMAGE, 1));
    add(version("localhost:5000/shop/api:2", 2));
    add(version(IMAGE, 3));
    var record = BuildRecord.of(target, "localhost:5000/shop/api");
    assertEquals(Optional.of(version(IMAGE, 3)), record.newest(IMAGE));
    assertEquals(
        Optional.of(version("localhost:5000/shop/api:2", 2)),
        record.newest("localhost:5000/shop/api:2"));
    assertTrue(record.newest("localhost:5000/shop/api:3").isEmpty());
    var file = target.resolve("images/localhost_5000_shop_api.json");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void theSameVersionIsRecordedOnceAndAsTheNewest() throws Exception {
    add(version(IMAGE, 1));
    add(version(IMAGE, 2));
    var length = Files.size(target.resolve("images/localhost_5000_shop_api.json"));
    add(version(IMAGE, 1));
    assertEquals(length, Files.size(target.resolve("images/localhost_5000_shop_api.json")));
    assertEquals(Optional.of(version(IMAGE, 1)), BuildRecord.of(target, IMAGE).newest(IMAGE));
  }

  @Test
  void aRecordThatIsNoneIsRefusedByItsName() throws Exception {
    add(version(IMAGE, 1));
    var file = target.resolve("images/localhost_5000_shop_api.json");
    var text = Files.readString(file);
    for (var wrong :
        List.of("", "{}", text.replace("ab".repeat(32), "x"), text.replace("sha256:", "md5:"))) {
      Files.writeString(file, wrong);
      var refused = assertThrows(CommandFailed.class, () -> BuildRecord.of(target, IMAGE), wrong);
      assertTrue(refused.line().startsWith(file.toString()), refused.line());
    }
  }

  @Test
  void theFolderOfAKilledBuildIsRemovedAndThatOfARunningOneStays() throws Exception {
    var killed = Files.createDirectories(target.resolve(".build-killed/layers"));
    Files.createFile(killed.resolveSibling("lock"));
    try (var running = StagingFolder.in(target)) {
      assertFalse(Files.exists(killed));
      Files.createFile(running.resolve("file"));
      try (var second = StagingFolder.in(target)) {
        assertTrue(Files.exists(running.resolve("file")));
        assertFalse(Files.exists(second.resolve("file")));
      }
    }
    try (var left = Files.list(target)) {
      assertEquals(List.of(), left.toList());
    }
  }
}
