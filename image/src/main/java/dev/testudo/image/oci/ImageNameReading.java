package dev.testudo.image.oci;

/// What reading the name of an image gives.
public sealed interface ImageNameReading {
  /// The name.
  record Read(ImageName name) implements ImageNameReading {}

  /// A mistake.
  ///
  /// @param at the index of the first character of the part that is wrong
  /// @param message what is wrong, in the form of a diagnostic
  record Mistake(int at, String message) implements ImageNameReading {}
}
