package dev.testudo.trust.attest.file;

import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.Pem;
import dev.testudo.trust.pki.PkiException;
import java.nio.charset.StandardCharsets;

/// Recognises what files hold: raw evidence ([RawEvidence]), also in hexadecimal, base64 or PEM, in
/// the extension of a certificate ([CertificateEvidence]), or in JSON ([JsonEvidence]).
public final class EvidenceFiles {
  /// The most wrappings around evidence, such as base64 in JSON in base64.
  private static final int MOST_WRAPPINGS = 4;

  private static final String CERTIFICATE = "CERTIFICATE";

  private EvidenceFiles() {}

  /// Returns what a file holds.
  ///
  /// @throws EvidenceException if it is nothing that is known, or does not follow its format
  public static EvidenceFile read(Octets bytes) throws EvidenceException {
    if (bytes.length() > EvidenceFile.MOST_BYTES) {
      throw malformed(
          "the file has %d bytes, and evidence at most %d"
              .formatted(bytes.length(), EvidenceFile.MOST_BYTES));
    }
    return read(bytes, 0);
  }

  static EvidenceFile read(Octets bytes, int wrappings) throws EvidenceException {
    if (wrappings > MOST_WRAPPINGS) {
      throw malformed("the evidence is wrapped more than %d times".formatted(MOST_WRAPPINGS));
    }
    if (bytes.length() == 0) {
      throw malformed("there is no evidence: it is empty");
    }
    return isText(bytes) ? text(bytes, wrappings + 1) : binary(bytes, wrappings + 1);
  }

  private static boolean isText(Octets bytes) {
    for (var i = 0; i < bytes.length(); i++) {
      var b = bytes.u8(i);
      if ((b < ' ' && b != '\n' && b != '\r' && b != '\t') || b == 0x7f) {
        return false;
      }
    }
    return true;
  }

  private static EvidenceFile binary(Octets bytes, int wrappings) throws EvidenceException {
    return CertificateEvidence.isCertificate(bytes)
        ? CertificateEvidence.read(bytes, wrappings)
        : RawEvidence.read(bytes);
  }

  private static EvidenceFile text(Octets bytes, int wrappings) throws EvidenceException {
    var text = new String(bytes.toBytes(), StandardCharsets.UTF_8).strip();
    if (text.startsWith("{") || text.startsWith("[")) {
      return json(bytes, wrappings).in("JSON");
    }
    if (text.contains("-----BEGIN ")) {
      return pem(text, wrappings).in("PEM");
    }
    var compact = text.replaceAll("\\s", "").replaceFirst("^0[xX]", "");
    if (Blobs.isHex(compact)) {
      return read(Octets.ofHex(compact), wrappings).in("hexadecimal");
    }
    return read(
            Blobs.base64(compact)
                .orElseThrow(
                    () ->
                        malformed(
                            "this text is neither JSON, PEM, hexadecimal nor base64, so it holds"
                                + " no evidence")),
            wrappings)
        .in("base64");
  }

  private static EvidenceFile json(Octets bytes, int wrappings) throws EvidenceException {
    try {
      return JsonEvidence.read(Json.read(bytes.toBytes(), EvidenceFile.MOST_BYTES), wrappings);
    } catch (MessageException e) {
      throw malformed("the JSON of the evidence: " + e.getMessage());
    }
  }

  /// Reads the first certificate that has evidence, or the first block of another label.
  private static EvidenceFile pem(String text, int wrappings) throws EvidenceException {
    try {
      for (var block : Pem.read(text)) {
        var der = Octets.of(block.der());
        if (!block.label().equals(CERTIFICATE)) {
          return read(der, wrappings);
        }
        if (CertificateEvidence.has(der)) {
          return CertificateEvidence.read(der, wrappings);
        }
      }
    } catch (PkiException e) {
      throw malformed("the PEM of the evidence: " + e.getMessage());
    }
    throw malformed(
        "no certificate has an extension with evidence that is known here: "
            + String.join(", ", CertificateEvidence.oids()));
  }

  static EvidenceException malformed(String reason) {
    return new EvidenceException(RejectionId.MALFORMED_EVIDENCE, reason);
  }

  static EvidenceException unsupported(String reason) {
    return new EvidenceException(RejectionId.UNSUPPORTED_EVIDENCE, reason);
  }
}
