package dev.testudo.volume.sealed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeEntry;
import dev.testudo.volume.VolumeProtection;
import dev.testudo.volume.VolumeSink;
import dev.testudo.volume.VolumeTag;
import dev.testudo.volume.format.ChunkCipher;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Volumes in memory.
final class Volumes {
  private Volumes() {}

  /// A written volume.
  record Written(VolumeTag tag, Map<String, byte[]> files) {
    /// Writes the files, after it removed all others.
    void into(Path directory) throws IOException {
      try (var old = Files.list(directory)) {
        for (var file : old.toList()) {
          Files.delete(file);
        }
      }
      for (var file : files.entrySet()) {
        Files.write(directory.resolve(file.getKey()), file.getValue());
      }
    }
  }

  static Secret key(int number) {
    var bytes = new byte[32];
    Arrays.fill(bytes, (byte) number);
    return Secret.taking(bytes);
  }

  static byte[] bytes(int seed, int length) {
    var bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static VolumeEntry.RegularFile file(String path, int mode, byte[] content) {
    return new VolumeEntry.RegularFile(
        path, mode, content.length, () -> new ByteArrayInputStream(content));
  }

  /// Returns entries of each kind: one in the tree, one in two chunks, a link, an empty directory.
  static List<VolumeEntry> small() {
    return List.of(
        file("/app/small", 0444, "small content\n".getBytes(UTF_8)),
        file("/app/large", 0440, bytes(5, 9000)),
        file("/app/script", 0555, "#!/bin/sh\necho script\n".getBytes(UTF_8)),
        new VolumeEntry.Link("/app/link", "small"),
        new VolumeEntry.Directory("/app/empty", 0700));
  }

  static Written write(List<VolumeEntry> entries, int key) throws IOException {
    return write(entries, key, ChunkCipher.Ledger.NONE);
  }

  static Written write(List<VolumeEntry> entries, VolumeProtection protection, int key)
      throws IOException {
    return write(entries, protection, key, ChunkCipher.Ledger.NONE);
  }

  static Written write(List<VolumeEntry> entries, int key, ChunkCipher.Ledger ledger)
      throws IOException {
    return write(entries, VolumeProtection.ENCRYPTED, key, ledger);
  }

  private static Written write(
      List<VolumeEntry> entries, VolumeProtection protection, int key, ChunkCipher.Ledger ledger)
      throws IOException {
    var files = new LinkedHashMap<String, byte[]>();
    var tag = VolumeWriter.write(entries, protection, key(key), sink(files), ledger);
    return new Written(tag, files);
  }

  private static VolumeSink sink(Map<String, byte[]> files) {
    return name ->
        new ByteArrayOutputStream() {
          @Override
          public void close() {
            files.put(name, toByteArray());
          }
        };
  }

  static VolumeSink nowhere() {
    return _ -> OutputStream.nullOutputStream();
  }
}
