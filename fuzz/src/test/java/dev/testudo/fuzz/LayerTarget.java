package dev.testudo.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.testudo.image.compression.DecompressionLimits;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerEntry;
import dev.testudo.image.layer.LayerIndex;
import dev.testudo.image.layer.LayerStream;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.image.oci.VerifiedStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A layer: plain, and as gzip or zstd if it looks like it. What is wrong with it is an
/// [ImageException]; no path of what is accepted leads out of the image.
public final class LayerTarget {
  /// A bomb would only take time.
  private static final DecompressionLimits LIMITS = new DecompressionLimits(4 << 20, 1 << 20, 100);

  private static final int BLOCK = 512;

  private LayerTarget() {}

  /// Reads one input.
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    for (var type :
        List.of(MediaType.OCI_LAYER, MediaType.OCI_LAYER_GZIP, MediaType.OCI_LAYER_ZSTD)) {
      read(input, type);
    }
    read(withChecksums(input), MediaType.OCI_LAYER);
  }

  /// Returns the input with the right checksum in each block that looks like a header. No mutation
  /// would find it.
  private static byte[] withChecksums(byte[] input) {
    var archive = input.clone();
    for (var at = 0; at + BLOCK <= archive.length; at += BLOCK) {
      if (new String(archive, at + 257, 5, ISO_8859_1).equals("ustar")) {
        Arrays.fill(archive, at + 148, at + 156, (byte) ' ');
        var sum = 0;
        for (var i = 0; i < BLOCK; i++) {
          sum += archive[at + i] & 0xff;
        }
        var digits = "%06o\0".formatted(sum).getBytes(ISO_8859_1);
        System.arraycopy(digits, 0, archive, at + 148, digits.length);
      }
    }
    return archive;
  }

  private static void read(byte[] input, MediaType type) throws IOException {
    var blob = Descriptor.of(type, input);
    try (var in = LayerStream.open(new OneBlob(input), blob, LIMITS)) {
      var entries = new ArrayList<LayerEntry>();
      for (var entry = in.next((_, _, _) -> {});
          entry.isPresent();
          entry = in.next((_, _, _) -> {})) {
        entries.add(entry.get());
      }
      var index = new LayerIndex(blob.digest(), in.diffId(), in.size(), entries);
      for (var file : ImageTree.of(List.of(index, index)).files()) {
        requireInside(file.path());
      }
    } catch (ImageException e) {
      // That is the answer to a damaged or hostile layer.
    }
  }

  private static void requireInside(String path) {
    if (!path.startsWith("/") || List.of(path.split("/")).contains("..")) {
      throw new AssertionError("a path leads out of the image: " + path);
    }
  }

  private static final class OneBlob implements BlobSource {
    private final byte[] content;

    OneBlob(byte[] content) {
      this.content = content;
    }

    @Override
    public VerifiedStream open(Descriptor blob) {
      return new VerifiedStream(new ByteArrayInputStream(content), blob, place());
    }

    @Override
    public RawManifest manifest(ManifestReference reference) throws IOException {
      throw new IOException("there are no manifests");
    }

    @Override
    public String place() {
      return "fuzz";
    }

    @Override
    public void close() {}
  }
}
