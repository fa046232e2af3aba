package dev.testudo.trust.pki;

import java.util.Arrays;

/// One block of a PEM text: its label and its DER bytes.
///
/// The bytes may be a private key, so the text form shows the label and the length only.
public final class PemBlock {
  private final String label;
  private final byte[] der;
  private final int offset;

  PemBlock(String label, byte[] der, int offset) {
    this.label = label;
    this.der = der;
    this.offset = offset;
  }

  /// Returns the words between `BEGIN` and the dashes, such as `CERTIFICATE`.
  public String label() {
    return label;
  }

  /// Returns a copy of the decoded bytes.
  public byte[] der() {
    return der.clone();
  }

  /// Returns the offset of `-----BEGIN` in the text.
  public int offset() {
    return offset;
  }

  void wipe() {
    Arrays.fill(der, (byte) 0);
  }

  @Override
  public String toString() {
    return "PemBlock[%s, %d bytes]".formatted(label, der.length);
  }
}
