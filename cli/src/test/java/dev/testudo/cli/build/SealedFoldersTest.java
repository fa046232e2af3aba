package dev.testudo.cli.build;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.deployment.ProtectedRegion;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeEntry;
import dev.testudo.volume.VolumeProtection;
import dev.testudo.volume.VolumeTag;
import dev.testudo.volume.sealed.ReadOnlyVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which files of an image go into its volume, and how they are protected there.
class SealedFoldersTest {
  private static final String SECRET_KEY = "5e".repeat(32);
  private static final String READABLE_KEY = SealedFolders.readableKey("example/app");

  @TempDir private Path work;

  private static List<Text> texts(String... paths) {
    var source = new SourceFile("service.yaml", String.join(" ", paths));
    return List.of(paths).stream().map(path -> new Text(path, source.span(0, 0))).toList();
  }

  private static SealedFolders folders(List<Text> dirs, List<Text> authenticated) {
    return new SealedFolders(
        dirs, authenticated, Set.of(Path.of("/app/server"), Path.of("/app/tmp")));
  }

  private Map<Path, Path> copies(String... paths) throws IOException {
    var copies = new TreeMap<Path, Path>();
    for (var path : paths) {
      var file = work.resolve("f" + path.replace('/', '_'));
      copies.put(Path.of(path), Files.writeString(file, "content of " + path));
    }
    return copies;
  }

  private Path volume(String name) throws IOException {
    return Files.createDirectory(work.resolve(name));
  }

  private static ReadOnlyVolume open(ProtectedRegion region, Path volume) throws IOException {
    try (var key = Secret.taking(HexFormat.of().parseHex(region.key()))) {
      return ReadOnlyVolume.open(volume, key, region.tag().flatMap(VolumeTag::parse));
    }
  }

  private static List<String> files(ReadOnlyVolume volume) {
    return volume.entries().stream()
        .filter(VolumeEntry.RegularFile.class::isInstance)
        .map(VolumeEntry::path)
        .toList();
  }

  @Test
  void whatDirsAndFsDirsNameIsInTheVolumeAndNothingElse() throws IOException {
    var folders = folders(texts("/app/model"), texts("/app", "/etc/app.conf"));
    var copies =
        copies(
            "/app/model/weights",
            "/app/lib/part.py",
            "/app/server",
            "/app/tmp/scratch",
            "/etc/app.conf",
            "/etc/other.conf",
            "/application/x");
    assertEquals(
        Set.of(Path.of("/app/lib/part.py"), Path.of("/etc/app.conf")),
        folders.readable(copies).keySet());
    assertEquals(
        Set.of(
            Path.of("/app/server"),
            Path.of("/app/tmp/scratch"),
            Path.of("/etc/other.conf"),
            Path.of("/application/x")),
        folders.plain(copies).keySet());
    var directory = volume("volume");
    var region = folders.write(copies, SECRET_KEY, READABLE_KEY, directory).orElseThrow();
    try (var volume = open(region, directory)) {
      assertEquals(
          List.of("/app/lib/part.py", "/app/model/weights", "/etc/app.conf"), files(volume));
    }
  }

  @Test
  void aVolumeWithAFileOfDirsIsEncryptedWithTheSecretKey() throws IOException {
    var folders = folders(texts("/app/model"), texts("/app"));
    var directory = volume("volume");
    var copies = copies("/app/model/weights", "/app/lib/part.py");
    var region = folders.write(copies, SECRET_KEY, READABLE_KEY, directory).orElseThrow();
    assertTrue(region.encrypted());
    assertEquals(SECRET_KEY, region.key());
    try (var volume = open(region, directory)) {
      assertEquals(VolumeProtection.ENCRYPTED, volume.protection());
    }
  }

  @Test
  void aVolumeWithoutOneCanBeReadByEverybody() throws IOException {
    var folders = folders(List.of(), texts("/app"));
    var directory = volume("volume");
    var copies = copies("/app/lib/part.py");
    var region = folders.write(copies, SECRET_KEY, READABLE_KEY, directory).orElseThrow();
    assertFalse(region.encrypted());
    assertEquals(READABLE_KEY, region.key());
    try (var volume = open(region, directory)) {
      assertEquals(VolumeProtection.AUTHENTICATED_ONLY, volume.protection());
    }
  }

  @Test
  void theSameReadableFilesGiveTheSameBytesOnEveryMachine() throws IOException {
    var folders = folders(List.of(), texts("/app"));
    var copies = copies("/app/a", "/app/b");
    var one = volume("one");
    var other = volume("other");
    var first = folders.write(copies, SECRET_KEY, READABLE_KEY, one).orElseThrow();
    var second = folders.write(copies, "11".repeat(32), READABLE_KEY, other).orElseThrow();
    assertEquals(first, second);
    try (var names = Files.list(one)) {
      for (var file : names.toList()) {
        assertArrayEquals(
            Files.readAllBytes(file), Files.readAllBytes(other.resolve(file.getFileName())));
      }
    }
    assertNotEquals(READABLE_KEY, SealedFolders.readableKey("example/other"));
  }

  @Test
  void anImageWithoutSuchFilesHasNoVolume() throws IOException {
    var folders = folders(List.of(), texts("/etc"));
    var directory = volume("volume");
    assertEquals(
        Optional.empty(), folders.write(copies("/app/a"), SECRET_KEY, READABLE_KEY, directory));
    assertEquals(Map.of(), SealedFolders.inImage(directory));
  }

  @Test
  void aFileThatIsTooLargeForAVolumeIsNamed() throws IOException {
    var folders = folders(List.of(), texts("/app"));
    var copies = copies("/app/large");
    try (var file =
        Files.newByteChannel(copies.get(Path.of("/app/large")), Set.of(StandardOpenOption.WRITE))) {
      file.position(512L << 20).write(java.nio.ByteBuffer.allocate(1)); // a sparse file
    }
    var directory = volume("volume");
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> folders.write(copies, SECRET_KEY, READABLE_KEY, directory));
    assertEquals(
        "`/app/large` cannot be in a volume: a file has at most 536870912 bytes", e.getMessage());
  }
}
