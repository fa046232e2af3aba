package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;

/// A quote of version 3, 4 or 5, parsed and not verified. Intel describes the formats in "Intel SGX
/// ECDSA QuoteLibraryReference DCAP API" and "Intel TDX DCAP Quoting Library API", appendix A.
///
/// @param signed what the attestation key signs: header and body
/// @param padding how many zeros follow the quote
record Quote(
    QuoteHeader header, QuoteBody body, Octets signed, QuoteSignature signature, int padding) {

  /// Parses a quote.
  static Quote parse(Octets evidence) throws EvidenceException {
    if (evidence.length() > Evidence.MOST_BYTES) {
      throw QuoteReader.malformed(
          "the quote has %d bytes; at most %d are read"
              .formatted(evidence.length(), Evidence.MOST_BYTES));
    }
    var in = new QuoteReader(evidence);
    var header = QuoteHeader.read(in);
    var body = QuoteBody.read(header, in);
    var signed = evidence.slice(0, evidence.length() - in.left());
    var data = in.block("the signature data");
    var signature = QuoteSignature.read(header.version(), data);
    data.done("the signature data");
    var padding = in.rest();
    if (!padding.isZero()) {
      throw QuoteReader.malformed(
          "%d bytes follow the quote that are not all zero".formatted(padding.length()));
    }
    return new Quote(header, body, signed, signature, padding.length());
  }
}
