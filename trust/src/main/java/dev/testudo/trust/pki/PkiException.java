package dev.testudo.trust.pki;

import java.util.OptionalInt;

/// A key or certificate cannot be used. The message says why in words for the person who wrote it
/// and never holds key material.
public final class PkiException extends Exception {
  private static final long serialVersionUID = 1;
  private final int offset;

  /// A mistake that belongs to no particular place of the text.
  public PkiException(String message) {
    this(message, -1);
  }

  /// A mistake at `offset` of the text that was read.
  public PkiException(String message, int offset) {
    super(message);
    this.offset = offset;
  }

  /// A mistake at `offset` (-1: none) with what found it.
  PkiException(String message, int offset, Throwable cause) {
    super(message, cause);
    this.offset = offset;
  }

  /// Where in the text the mistake is, counted in UTF-16 units from 0.
  public OptionalInt offset() {
    return offset < 0 ? OptionalInt.empty() : OptionalInt.of(offset);
  }
}
