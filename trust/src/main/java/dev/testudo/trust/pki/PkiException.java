package dev.testudo.trust.pki;

import java.util.OptionalInt;

/// A key or certificate cannot be used. The message explains why to the person who provided it, and
/// never contains key material.
public final class PkiException extends Exception {
  private static final long serialVersionUID = 1;
  private final int offset;

  /// Creates an exception for an error without a particular place in the text.
  public PkiException(String message) {
    this(message, -1);
  }

  /// Creates an exception for an error at `offset` of the text.
  public PkiException(String message, int offset) {
    super(message);
    this.offset = offset;
  }

  /// Creates an exception for an error at `offset` (-1: no place) with its cause.
  PkiException(String message, int offset, Throwable cause) {
    super(message, cause);
    this.offset = offset;
  }

  /// Returns the offset of the error in the text, in UTF-16 code units from 0.
  public OptionalInt offset() {
    return offset < 0 ? OptionalInt.empty() : OptionalInt.of(offset);
  }
}
