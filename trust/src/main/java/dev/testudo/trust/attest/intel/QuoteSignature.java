package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;

/// What follows the body of a quote.
///
/// @param signature of the attestation key over header and body, r ‖ s
/// @param attestationKey x ‖ y
/// @param qeReport the report of the quoting enclave
/// @param qeReportSignature of the PCK key over that report, r ‖ s
/// @param qeAuthData what the quoting enclave binds beside the attestation key
/// @param pckChain the PCK certificate and its chain, in PEM
record QuoteSignature(
    Octets signature,
    Octets attestationKey,
    QuoteBody.Enclave qeReport,
    Octets qeReportSignature,
    Octets qeAuthData,
    Octets pckChain) {

  private static final int PCK_CHAIN = 5;
  private static final int QE_REPORT = 6;

  static QuoteSignature read(int version, QuoteReader in) throws EvidenceException {
    var signature = in.take(64, "the signature");
    var attestationKey = in.take(64, "the attestation key");
    if (version == 3) {
      return readQe(signature, attestationKey, in);
    }
    var type = in.u16("the type of the certification data");
    var block = in.block("the certification data");
    if (type != QE_REPORT) {
      throw QuoteReader.malformed(
          "the outer certification data has type %d, not 6 (QE report)".formatted(type));
    }
    var read = readQe(signature, attestationKey, block);
    block.done("the certification data");
    return read;
  }

  private static QuoteSignature readQe(Octets signature, Octets attestationKey, QuoteReader in)
      throws EvidenceException {
    var report = in.take(QuoteBody.ENCLAVE_BYTES, "the report of the QE");
    var reportSignature = in.take(64, "the signature of the report of the QE");
    var authData = in.take(in.u16("the length of the QE's data"), "the QE's data");
    var type = in.u16("the type of the certification data");
    var content = in.block("the certification data");
    if (type != PCK_CHAIN) {
      throw QuoteReader.unsupported(
          "the certification data is %s; only 5 (PCK certificate chain) is supported"
              .formatted(name(type)));
    }
    return new QuoteSignature(
        signature,
        attestationKey,
        new QuoteBody.Enclave(report),
        reportSignature,
        authData,
        content.rest());
  }

  private static String name(int type) {
    return switch (type) {
      case 1 -> "1 (PPID in clear)";
      case 2 -> "2 (PPID encrypted with RSA-2048)";
      case 3 -> "3 (PPID encrypted with RSA-3072)";
      case 4 -> "4 (PCK certificate alone)";
      case QE_REPORT -> "6 (QE report) inside another";
      case 7 -> "7 (platform manifest)";
      default -> "of the unknown type " + type;
    };
  }
}
