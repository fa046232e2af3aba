package dev.testudo.image.sbom;

import dev.testudo.image.oci.Digest;

/// Finds the packages of one kind in the files of an image. Used for one image.
interface PackageReader {
  /// Returns whether the file at `path` may describe packages of this kind.
  boolean reads(String path);

  /// Returns the most bytes of such a file.
  int limit();

  /// Reads a file.
  ///
  /// @param layer the layer that it comes from
  /// @throws SbomException if it cannot be understood
  void read(String path, Digest layer, byte[] content, SbomFindings into) throws SbomException;

  /// Adds what only all files together tell.
  default void finish(SbomFindings into) {}
}
