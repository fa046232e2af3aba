package dev.testudo.trust.pki;

import java.util.Arrays;

/// One block of a PEM text: what its label says it is and its DER bytes.
///
/// The bytes may be a private key, so printing shows the label and the length only.
public final class PemBlock {
  private final String label;
  private final byte[] der;
  private final int offset;

  PemBlock(String label, byte[] der, int offset) {
    this.label = label;
    this.der = der;
    this.offset = offset;
  }

  /// The words between `BEGIN` and the dashes, for example `CERTIFICATE`.
  public String label() {
    return label;
  }

  /// A copy of the decoded bytes.
  public byte[] der() {
    return der.clone();
  }

  /// Where its `-----BEGIN` starts in the text.
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
