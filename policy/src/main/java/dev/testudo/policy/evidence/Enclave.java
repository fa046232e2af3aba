package dev.testudo.policy.evidence;

/// An SGX enclave, as its report describes it.
///
/// @param mrenclave the measurement, 32 bytes
/// @param signer who signed it, and as which product
/// @param attributes ATTRIBUTES, 16 bytes
/// @param configId CONFIGID, 64 bytes; zeros without key separation and sharing
public record Enclave(String mrenclave, Signer signer, String attributes, String configId) {

  /// The signer of the code and the product's version.
  ///
  /// @param mrsigner the hash of the signer's key, 32 bytes
  /// @param product ISVPRODID
  /// @param version ISVSVN
  public record Signer(String mrsigner, int product, int version) {}

  /// Returns whether the host can read the enclave (bit 1 of ATTRIBUTES).
  public boolean debug() {
    return Bits.littleEndian(attributes.substring(0, 16)).isSet(1);
  }
}
