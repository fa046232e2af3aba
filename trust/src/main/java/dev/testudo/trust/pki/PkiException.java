package dev.testudo.trust.pki;

import java.util.OptionalInt;

/// A key or certificate cannot be used. The message explains why to the person who provided it, and
/// never contains key material.
public final class PkiException extends Exception {
  private static final long serialVersionUID = 1;
  private final Fault fault;
  private final int offset;

  /// What is wrong with a key or certificate.
  public enum Fault {
    /// The text is not PEM where it looks like it.
    NO_PEM,
    /// There is more text, or there are more blocks, than is read.
    TOO_LONG,
    /// A block does not hold what its label says.
    DAMAGED,
    /// The key is encrypted.
    ENCRYPTED,
    /// Keys of this kind are not used here.
    UNSUPPORTED,
    /// There is no private key.
    NO_KEY,
    /// There is no certificate.
    NO_CERTIFICATE,
    /// There is more than one block, or none, where one is needed.
    WRONG_NUMBER,
    /// A block has no business here.
    FOREIGN_BLOCK,
    /// The private key is not that of the certificate.
    OTHER_KEY,
    /// The certificate may not sign others.
    NO_AUTHORITY
  }

  /// Creates an exception for an error without a particular place in the text.
  public PkiException(Fault fault, String message) {
    this(fault, message, -1);
  }

  /// Creates an exception for an error at `offset` of the text.
  public PkiException(Fault fault, String message, int offset) {
    super(message);
    this.fault = fault;
    this.offset = offset;
  }

  /// Returns what is wrong.
  public Fault fault() {
    return fault;
  }

  /// Returns the offset of the error in the text, in UTF-16 code units from 0.
  public OptionalInt offset() {
    return offset < 0 ? OptionalInt.empty() : OptionalInt.of(offset);
  }
}
