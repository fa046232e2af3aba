package dev.testudo.policy.schema;

/// What becomes of a key that a file has.
public sealed interface Standing {
  /// It does what its description says.
  record Supported() implements Standing {}

  /// It is an error, because Testudo does not support it.
  ///
  /// @param without what the file no longer asks for if the key is removed
  record Refused(String without) implements Standing {}

  /// It is a warning, because it changes nothing.
  record Ignored() implements Standing {}
}
