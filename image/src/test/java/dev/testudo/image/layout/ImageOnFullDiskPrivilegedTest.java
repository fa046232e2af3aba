package dev.testudo.image.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.image.Tools;
import dev.testudo.image.oci.BlobSink;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.MediaType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that becomes full while an image is stored: a message with the place, and nothing half
/// done.
class ImageOnFullDiskPrivilegedTest {
  private static final String FULL = "%s cannot be written: No space left on device; make room";
  private static final int LARGE = 3 << 20;

  @TempDir Path directory;

  @BeforeEach
  void mount() throws Exception {
    Tools.run(directory, "mount", "-t", "tmpfs", "-o", "size=2m", "none", directory.toString());
  }

  @AfterEach
  void unmount() throws Exception {
    Tools.run(Path.of("/"), "umount", directory.toString());
  }

  private static byte[] noise(int size) {
    var bytes = new byte[size];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  private static String failure(BlobSink sink, byte[] content) {
    var blob = Descriptor.of(MediaType.OCI_LAYER_GZIP, content);
    var failure =
        assertThrows(
            IOException.class, () -> sink.put(blob, () -> new ByteArrayInputStream(content)));
    return String.valueOf(failure.getMessage());
  }

  @Test
  void ofALayoutNamesItAndLeavesNothing() throws Exception {
    var layout = directory.resolve("layout");
    try (var sink = LayoutSink.open(layout)) {
      assertEquals(FULL.formatted(layout), failure(sink, noise(LARGE)));
      var small = noise(1000);
      var blob = Descriptor.of(MediaType.OCI_LAYER_GZIP, small);
      sink.put(blob, () -> new ByteArrayInputStream(small));
      assertTrue(sink.has(blob));
    }
    try (var blobs = Files.list(layout.resolve("blobs/sha256"))) {
      assertEquals(1, blobs.count());
    }
    try (var files = Files.newDirectoryStream(layout, "*.tmp")) {
      assertFalse(files.iterator().hasNext());
    }
  }

  @Test
  void ofAnArchiveNamesItAndLeavesTheOldOne() throws Exception {
    var archive = directory.resolve("image.tar");
    Files.writeString(archive, "old");
    try (var sink = OciArchiveSink.create(archive)) {
      assertEquals(FULL.formatted(directory), failure(sink, noise(LARGE)));
    }
    try (var files = Files.list(directory)) {
      assertEquals(List.of(archive), files.toList());
    }
    assertEquals("old", Files.readString(archive));
  }
}
