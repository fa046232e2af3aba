package dev.testudo.image.signature;

/// Whether an image is signed by a key.
public sealed interface SignatureVerdict {
  /// The image has a signature by the key.
  ///
  /// @param identity the repository that the signature names
  record Signed(String identity) implements SignatureVerdict {}

  /// It has none.
  ///
  /// @param why the reason, without a full stop
  record Unsigned(String why) implements SignatureVerdict {}
}
