package dev.testudo.image.oci;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/// A place that images are read from: a repository of a registry, a layout or an archive. It may be
/// hostile, so nothing that it returns is trusted before its digest is checked. Several threads may
/// open blobs at once.
public interface BlobSource extends Closeable {
  /// Opens a blob. The stream checks the content: a read throws [ImageException] with
  /// [ImageFault#WRONG_CONTENT] if there are more bytes than the descriptor says, and at the end if
  /// there are fewer or their digest differs. What was read before the end is not yet verified; use
  /// [VerifiedStream#finish] if a reader may stop early.
  ///
  /// @throws ImageException with [ImageFault#NOT_FOUND] if there is no such blob
  /// @throws IOException if the place fails
  VerifiedStream open(Descriptor blob) throws IOException;

  /// Reads a manifest or an index. If it is named by a digest, its bytes have that digest.
  ///
  /// @throws ImageException with [ImageFault#NOT_FOUND] if there is none of that name
  /// @throws IOException if the place fails
  RawManifest manifest(ManifestReference reference) throws IOException;

  /// Returns the place in the way that messages name it, such as `oci:build/image`.
  String place();

  /// Reads a whole blob, such as a configuration.
  ///
  /// @param limit the most bytes accepted
  /// @throws ImageException if it is larger, or its content is wrong
  default byte[] read(Descriptor blob, int limit) throws IOException {
    if (blob.size() > limit) {
      throw new ImageException(
          ImageFault.TOO_LARGE,
          "%s: the blob %s has %d bytes, %d are allowed"
              .formatted(place(), blob.digest(), blob.size(), limit));
    }
    try (InputStream in = open(blob)) {
      return in.readAllBytes();
    }
  }
}
