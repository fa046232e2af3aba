package dev.testudo.volume.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.file.FileOwner;
import dev.testudo.volume.file.FileSystem;
import dev.testudo.volume.file.Inode;
import dev.testudo.volume.file.WriteMode;
import dev.testudo.volume.format.Suite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The example of docs/formats/volume-example.md is what the store writes, and means what the
/// page says. `-Dgolden.update=true` rewrites the page.
class WritableExampleTest {
  private static final Path PAGE = Path.of("../docs/formats/volume-example.md");
  private static final int CHUNK = 4096;
  private static final VolumeOptions OPTIONS =
      VolumeOptions.USUAL.with(
          new StoreTuning(
              8 * CHUNK, 12 << 10, 64 << 10, 64 << 10, false, NonceLedger.OF_ALL_TESTS));
  private static final VolumeShape SHAPE = new VolumeShape(Suite.AES_256_GCM, CHUNK);

  /// 2026-01-01T00:00:00Z.
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochSecond(1_767_225_600));

  /// The bytes 0, 1, 2 and so on.
  private static final class Counting extends SecureRandom {
    private static final long serialVersionUID = 1;
    private int next;

    @Override
    public void nextBytes(byte[] bytes) {
      for (var i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) next++;
      }
    }

    @Override
    public int nextInt() {
      var bytes = new byte[4];
      nextBytes(bytes);
      return bytes[0] << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
    }
  }

  private static byte[] key() {
    var key = new byte[32];
    Arrays.fill(key, (byte) 7);
    return key;
  }

  /// What the directory has after a crash, and after an orderly end.
  private record Example(Map<String, byte[]> crashed, Map<String, byte[]> ended) {}

  private static Example make() throws IOException {
    var backing = new MemoryBacking();
    try (var secret = Secret.taking(key())) {
      var volume =
          VolumeOpener.open(backing, secret, new Expected.New(), SHAPE, OPTIONS, new Counting());
      var owner = new FileOwner(1000, 1000);
      Map<String, byte[]> crashed;
      try (var files = FileSystem.open(volume, CLOCK, owner)) {
        write(files, "short", 5);
        long number = write(files, "long", 2 * CHUNK - 1);
        files.sync();
        files.write(number, 0, new byte[] {'x'}, 0, 1, WriteMode.PLAIN);
        files.sync();
        crashed = backing.snapshot();
      }
      return new Example(crashed, backing.snapshot());
    }
  }

  private static long write(FileSystem files, String name, int length) throws IOException {
    var owner = new FileOwner(1000, 1000);
    var file = files.create(1, name.getBytes(US_ASCII), Inode.FILE | 0640, owner);
    var content = new byte[length];
    Arrays.fill(content, (byte) 'x');
    files.write(file.number(), 0, content, 0, length, WriteMode.PLAIN);
    return file.number();
  }

  @Test
  void thePageExplainsEachByteOfTheExample() throws IOException {
    var example = make();
    var text = new StringBuilder();
    text.append("## After a crash\n\n").append(explained(example.crashed));
    text.append("\n## After an orderly end\n\n").append(explained(example.ended));
    var page = Files.readString(PAGE);
    var head = page.substring(0, page.indexOf("## After a crash"));
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(PAGE, head + text);
    }
    assertEquals(head + text, Files.readString(PAGE));
  }

  private static String explained(Map<String, byte[]> files) {
    return new ExplainedVolume(files, key()).text();
  }

  @Test
  void bothStatesOpen() throws IOException {
    var example = make();
    for (var files : java.util.List.of(example.crashed, example.ended)) {
      try (var secret = Secret.taking(key());
          var volume =
              WritableVolume.open(
                  MemoryBacking.of(files), secret, new Expected.Newest(), SHAPE, OPTIONS);
          var system = FileSystem.open(volume, CLOCK, FileOwner.ROOT)) {
        var found = system.lookup(1, "long".getBytes(US_ASCII)).orElseThrow();
        assertEquals(2 * CHUNK - 1, found.inode().size());
      }
    }
  }
}
