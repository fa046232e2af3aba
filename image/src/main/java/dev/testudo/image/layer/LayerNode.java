package dev.testudo.image.layer;

import dev.testudo.trust.attest.evidence.Measurement;

/// What an entry of a layer is.
public sealed interface LayerNode {
  /// A regular file.
  ///
  /// @param size the size of the content, bytes
  /// @param sha256 the hash of the content, 64 lower-case hexadecimal digits
  record RegularFile(long size, String sha256) implements LayerNode {
    /// Checks the spelling of the hash.
    public RegularFile {
      if (!Measurement.isHex(sha256, 64)) {
        throw new IllegalArgumentException("a hash has 64 lower-case hexadecimal digits");
      }
    }
  }

  /// A directory.
  record Directory() implements LayerNode {}

  /// A symbolic link.
  ///
  /// @param target the target as written
  record SymbolicLink(String target) implements LayerNode {}

  /// Another name of a file of this layer or one below.
  ///
  /// @param target the path of that file in the image
  record HardLink(String target) implements LayerNode {}

  /// A device.
  ///
  /// @param block true for a block device, false for a character device
  record Device(boolean block, int major, int minor) implements LayerNode {}

  /// A named pipe.
  record Fifo() implements LayerNode {}

  /// Nothing: what the layers below have at this path is removed (OCI image-spec, layer.md).
  record Whiteout() implements LayerNode {}

  /// What the layers below have in this directory is removed.
  record OpaqueWhiteout() implements LayerNode {}
}
