package dev.testudo.trust.attest.evidence;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.HexFormat;

/// The 64 bytes that bind evidence to a key and a nonce: SHA-512(SubjectPublicKeyInfo ‖ nonce).
///
/// @param hex 128 lower-case hexadecimal digits
public record ReportData(String hex) {
  /// Checks the spelling.
  public ReportData {
    if (!Measurement.isHex(hex, 128)) {
      throw new IllegalArgumentException("report data is 128 lower-case hexadecimal digits");
    }
  }

  /// Returns the report data that binds `key` to `nonce`.
  public static ReportData of(PublicKey key, byte[] nonce) {
    try {
      var sha512 = MessageDigest.getInstance("SHA-512");
      sha512.update(key.getEncoded());
      return new ReportData(HexFormat.of().formatHex(sha512.digest(nonce)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /// Returns what a TPM signs where it vouches for the evidence (`extraData` of TPMS_ATTEST):
  /// SHA-256 of the 64 bytes. Many TPMs take no more than 50 bytes.
  public Octets tpmQualifyingData() {
    return Octets.of(Measurement.sha256().digest(HexFormat.of().parseHex(hex)));
  }
}
