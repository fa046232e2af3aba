package dev.testudo.cas.collateral;

/// Whether documents that a request needs are there now.
public sealed interface Obtaining {
  /// They are: verification can be tried again.
  record Obtained() implements Obtaining {}

  /// They are not.
  ///
  /// @param reason why, and what to do, in one line; it names the documents
  record Unavailable(String reason) implements Obtaining {}
}
