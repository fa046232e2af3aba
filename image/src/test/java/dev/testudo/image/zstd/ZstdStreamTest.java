package dev.testudo.image.zstd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.image.Tools;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZstdStreamTest {
  private static byte[] content = {};

  @TempDir Path directory;

  private static byte[] decompressed(byte[] compressed) throws IOException {
    try (var in = new ZstdStream(new ByteArrayInputStream(compressed))) {
      return in.readAllBytes();
    }
  }

  private byte[] compressed(byte[] content, String options) throws Exception {
    Files.write(directory.resolve("content"), content);
    Tools.shell(directory, "zstd -q -f " + options + " content -o compressed");
    return Files.readAllBytes(directory.resolve("compressed"));
  }

  /// Programs, text, zeros, noise, and long repetitions.
  private static byte[] content() throws IOException {
    if (content.length > 0) {
      return content;
    }
    var out = new ByteArrayOutputStream();
    out.writeBytes(Arrays.copyOf(Files.readAllBytes(Path.of("/bin/bash").toRealPath()), 1_200_000));
    out.writeBytes(new byte[300_000]);
    var noise = new byte[200_000];
    new Random(1).nextBytes(noise);
    out.writeBytes(noise);
    for (var i = 0; i < 50_000; i++) {
      out.writeBytes("line %d of a log\n".formatted(i * 7919 % 10_007).getBytes(UTF_8));
    }
    out.writeBytes(noise);
    content = out.toByteArray();
    return content;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--fast=5", "-1", "-3", "-9 --no-check", "-15", "-19", "--ultra -22 --long=27"})
  void whatTheProgramZstdCompressesIsDecompressed(String options) throws Exception {
    var content = content();
    assertArrayEquals(content, decompressed(compressed(content, options)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 31, 32, 33, 255, 256, 257, 1000, 65_791, 131_072, 131_073})
  void everySizeIsRight(int size) throws Exception {
    var content = Arrays.copyOf(content(), size);
    assertArrayEquals(content, decompressed(compressed(content, "-3")));
  }

  @Test
  void framesFollowEachOtherAndSomeAreSkipped() throws Exception {
    var frame = compressed("abc".getBytes(UTF_8), "-3");
    var all = new ByteArrayOutputStream();
    all.writeBytes(new byte[] {0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9});
    all.writeBytes(frame);
    all.writeBytes(frame);
    assertEquals("abcabc", new String(decompressed(all.toByteArray()), UTF_8));
  }

  @Test
  void damageIsRefused() throws Exception {
    var frame = compressed(Arrays.copyOf(content(), 20_000), "-3 --check");
    for (var end = 1; end < frame.length; end += 37) {
      var cut = Arrays.copyOf(frame, end);
      assertThrows(IOException.class, () -> decompressed(cut));
    }
    for (var at = 0; at < frame.length; at += 11) {
      var changed = frame.clone();
      changed[at] ^= 0x10;
      assertRefusedOrSame(changed);
    }
    var longer = Arrays.copyOf(frame, frame.length + 1);
    assertThrows(ZstdException.class, () -> decompressed(longer));
  }

  /// A few bits mean nothing, such as the one that is unused.
  private static void assertRefusedOrSame(byte[] changed) throws IOException {
    try {
      assertArrayEquals(Arrays.copyOf(content(), 20_000), decompressed(changed));
    } catch (ZstdException e) {
      // Refused.
    }
  }

  @Test
  void aWindowBeyondTheLimitIsRefused() {
    // The window is 2 GiB: exponent 21.
    var frame = new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) (21 << 3), 1, 0, 0};
    assertThrows(ZstdException.class, () -> decompressed(frame));
  }
}
