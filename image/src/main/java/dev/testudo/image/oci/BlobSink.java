package dev.testudo.image.oci;

import java.io.Closeable;
import java.io.IOException;

/// A place that images are written to: a repository of a registry, a layout or an archive. Blobs
/// first, then the manifests that name them: until [#putManifest] returns, the tag names what it
/// named before. Several threads may store blobs at once.
public interface BlobSink extends Closeable {
  /// Returns whether the place has this blob already, so that it need not be sent.
  boolean has(Descriptor blob) throws IOException;

  /// Stores a blob whose digest and size are known, unless the place has it. Its content is
  /// checked: if it differs, nothing is stored. It may be opened several times.
  ///
  /// @throws ImageException with [ImageFault#WRONG_CONTENT] if the content differs
  /// @throws IOException if the content cannot be read or the place fails
  void put(Descriptor blob, BlobContent content) throws IOException;

  /// Begins a blob whose digest is not known yet.
  BlobWriter begin(MediaType type) throws IOException;

  /// Stores a manifest or an index under a tag or, if it is named by an index, under its digest.
  ///
  /// @throws ImageException with [ImageFault#WRONG_CONTENT] if the reference is another digest
  /// @throws IOException if the place fails, or refuses it
  void putManifest(ManifestReference reference, RawManifest manifest) throws IOException;

  /// Returns whether the order in which blobs are stored decides the bytes of the place, as in an
  /// archive. They are then stored one after the other.
  default boolean isOrdered() {
    return false;
  }

  /// Returns the place in the way that messages name it, such as `oci:build/image`.
  String place();
}
