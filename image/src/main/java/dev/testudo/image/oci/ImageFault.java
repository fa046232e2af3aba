package dev.testudo.image.oci;

/// What is wrong with an image, or with the place that stores it.
public enum ImageFault {
  /// The place does not have what was asked for.
  NOT_FOUND,
  /// The bytes do not have the digest or the size by which they are named.
  WRONG_CONTENT,
  /// A document or an archive does not follow its format.
  MALFORMED,
  /// Something exceeds a limit of Testudo.
  TOO_LARGE,
  /// The image uses what Testudo does not support.
  UNSUPPORTED,
  /// A name in a layer or an archive leads out of its directory.
  ESCAPES,
  /// No image of an index is for the platform that was asked for.
  NO_PLATFORM
}
