package dev.testudo.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.oci.ImageConfig;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.Index;
import dev.testudo.image.oci.Manifest;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.Platform;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.trust.json.MessageException;
import java.io.IOException;
import java.nio.file.Path;

/// Manifests, indexes and configurations of images, and the names of images. What is accepted is
/// the same after it was written and read again.
public final class ImageDocumentTarget {
  private ImageDocumentTarget() {}

  private interface Reading {
    void run() throws IOException;
  }

  /// Reads one input as each of them.
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    tolerant(
        () -> {
          var manifest = Manifest.read(new RawManifest(MediaType.OCI_MANIFEST.text(), input));
          requireSame(manifest, Manifest.read(manifest.write()));
        });
    tolerant(
        () -> {
          var index = Index.read(new RawManifest(MediaType.OCI_INDEX.text(), input));
          requireSame(index, Index.read(index.write()));
          index.select(Platform.linux("amd64"), "fuzz");
        });
    tolerant(
        () -> {
          var config = ImageConfig.read(input);
          requireSame(config, ImageConfig.read(config.write()));
        });
    tolerant(() -> RawManifest.typeOf(input));
    var reading = ImageLocation.read(new String(input, UTF_8), Path.of("/base"));
    if (reading instanceof ImageLocation.Reading.Read(ImageLocation.InRegistry(var name))) {
      requireSame(reading, ImageLocation.read("docker://" + name, Path.of("/base")));
    }
  }

  private static void requireSame(Object one, Object again) {
    if (!one.equals(again)) {
      throw new AssertionError("a document changes when it is written and read again");
    }
  }

  private static void tolerant(Reading reading) throws IOException {
    try {
      reading.run();
    } catch (MessageException | ImageException e) {
      // That is the answer to a damaged input.
    }
  }
}
