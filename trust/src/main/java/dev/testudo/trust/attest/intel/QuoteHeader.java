package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;

/// The header of a quote, 48 bytes.
///
/// @param qeSvn the quoting enclave's version, informative: its report says it under signature
/// @param pceSvn the version of the provisioning certification enclave, informative
/// @param vendor who made the quoting enclave
/// @param userData 20 bytes, of which the first 16 are the id of the quoting enclave
record QuoteHeader(int version, Tee tee, int qeSvn, int pceSvn, Octets vendor, Octets userData) {
  static final int BYTES = 48;

  private static final int ECDSA_P256 = 2;
  private static final int ECDSA_P384 = 3;
  private static final long SGX = 0;
  private static final long TDX = 0x81;
  private static final Octets INTEL = Octets.ofHex("939a7233f79c4ca9940a0db3957f0607");

  static QuoteHeader read(QuoteReader in) throws EvidenceException {
    var version = in.u16("the version");
    if (version < 3 || version > 5) {
      throw QuoteReader.unsupported(
          "the quote has version %d; versions 3, 4 and 5 are supported".formatted(version));
    }
    var keyType = in.u16("the type of the attestation key");
    if (keyType != ECDSA_P256) {
      throw QuoteReader.unsupported(
          "the attestation key has type %d%s; only 2 (P-256) is supported"
              .formatted(keyType, keyType == ECDSA_P384 ? " (P-384)" : ""));
    }
    var tee = tee(in.u32("the type of the TEE"));
    if (version == 3 && tee == Tee.TDX) {
      throw QuoteReader.malformed("a quote of version 3 is of SGX, not of TDX");
    }
    var header =
        new QuoteHeader(
            version,
            tee,
            in.u16("the SVN of the QE"),
            in.u16("the SVN of the PCE"),
            in.take(16, "the vendor of the QE"),
            in.take(20, "the user data"));
    if (!header.vendor.equals(INTEL)) {
      throw new EvidenceException(
          RejectionId.WRONG_QUOTING_ENCLAVE,
          "the vendor of the quoting enclave is %s, not Intel".formatted(header.vendor.hex()));
    }
    return header;
  }

  private static Tee tee(long type) throws EvidenceException {
    if (type == SGX) {
      return Tee.SGX;
    }
    if (type == TDX) {
      return Tee.TDX;
    }
    throw QuoteReader.unsupported(
        "the type of the TEE is 0x%x; SGX (0) and TDX (0x81) are supported".formatted(type));
  }

  /// Returns the id of the quoting enclave.
  Octets qeId() {
    return userData.slice(0, 16);
  }
}
