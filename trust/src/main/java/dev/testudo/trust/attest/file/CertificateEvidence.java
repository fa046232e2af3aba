package dev.testudo.trust.attest.file;

import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.pki.Certificates;
import dev.testudo.trust.pki.PkiException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Certificates with evidence in an extension (RA-TLS). The certificate itself is not verified, nor
/// that its key is the one in the evidence.
final class CertificateEvidence {
  /// dstack's envelope of all its evidence, in a format of its own.
  private static final String DSTACK_ENVELOPE = "1.3.6.1.4.1.62397.1.8";

  private static final int CBOR_BYTES = 2;
  private static final int CBOR_ARRAY = 4;

  /// CBOR tag 60000, a quote of Intel, as it is encoded (Intel, "Interoperable RA-TLS").
  private static final String CBOR_QUOTE = "d9ea60";

  /// The extensions with evidence, and who uses them.
  private static final Map<String, String> EXTENSIONS = extensions();

  private CertificateEvidence() {}

  private static Map<String, String> extensions() {
    var all = new LinkedHashMap<String, String>();
    all.put("2.23.133.5.4.9", "TCG DICE, tagged evidence");
    all.put("1.2.840.113741.1337.6", "Intel, RA-TLS");
    // What Gramine writes for the same: the encoding of an OID within an OID.
    all.put("0.6.9.42.840.113741.1337.6", "Gramine, RA-TLS");
    all.put("1.3.6.1.4.1.62397.1.1", "dstack, RA-TLS");
    return all;
  }

  /// Returns the object identifiers of the extensions.
  static List<String> oids() {
    return List.copyOf(EXTENSIONS.keySet());
  }

  /// Returns whether the bytes begin as a certificate in DER: a sequence of more than 255 bytes
  /// that begins with another.
  static boolean isCertificate(Octets bytes) {
    return bytes.length() > 5 && bytes.u8(0) == 0x30 && bytes.u8(1) == 0x82 && bytes.u8(4) == 0x30;
  }

  /// Returns whether a certificate has an extension that is known here.
  static boolean has(Octets der) throws EvidenceException {
    var certificate = certificate(der);
    return certificate.getExtensionValue(DSTACK_ENVELOPE) != null
        || EXTENSIONS.keySet().stream().anyMatch(o -> certificate.getExtensionValue(o) != null);
  }

  static EvidenceFile read(Octets der, int wrappings) throws EvidenceException {
    var certificate = certificate(der);
    for (var extension : EXTENSIONS.entrySet()) {
      var value = certificate.getExtensionValue(extension.getKey());
      if (value != null) {
        return EvidenceFiles.read(content(Octets.of(value)), wrappings + 1)
            .in(
                "certificate with extension %s (%s)"
                    .formatted(extension.getKey(), extension.getValue()));
      }
    }
    if (certificate.getExtensionValue(DSTACK_ENVELOPE) != null) {
      throw EvidenceFiles.unsupported(
          "the certificate has its evidence in extension %s, whose encoding is not supported"
              .formatted(DSTACK_ENVELOPE));
    }
    throw EvidenceFiles.malformed(
        "the certificate has no extension with evidence that is known here: "
            + String.join(", ", oids()));
  }

  private static X509Certificate certificate(Octets der) throws EvidenceException {
    try {
      return Certificates.fromDer(der.toBytes());
    } catch (PkiException e) {
      throw EvidenceFiles.malformed("the certificate with the evidence is not readable");
    }
  }

  /// Returns what the extension's octet string holds: the evidence, in another octet string, in
  /// CBOR, or as it is.
  private static Octets content(Octets value) throws EvidenceException {
    var outer = octetString(value).orElse(value);
    var inner = octetString(outer).orElse(outer);
    return inner.length() > 3 && inner.slice(0, 3).hex().equals(CBOR_QUOTE)
        ? firstOfArray(inner.slice(3, inner.length() - 3))
        : inner;
  }

  /// Returns the content of an octet string in DER that fills `bytes`, or empty.
  private static Optional<Octets> octetString(Octets bytes) {
    if (bytes.length() < 2 || bytes.u8(0) != 4) {
      return Optional.empty();
    }
    var first = bytes.u8(1);
    var digits = first < 0x80 ? 0 : first & 0x7f;
    if (digits > 3 || bytes.length() < 2 + digits) {
      return Optional.empty();
    }
    var length = digits == 0 ? first : 0;
    for (var i = 0; i < digits; i++) {
      length = length << 8 | bytes.u8(2 + i);
    }
    return length == bytes.length() - 2 - digits
        ? Optional.of(bytes.slice(2 + digits, length))
        : Optional.empty();
  }

  /// Returns the first element of an array in CBOR (RFC 8949), which must be a byte string.
  private static Octets firstOfArray(Octets cbor) throws EvidenceException {
    if (cbor.length() < 4 || cbor.u8(0) >>> 5 != CBOR_ARRAY || cbor.u8(1) >>> 5 != CBOR_BYTES) {
      throw EvidenceFiles.malformed("the CBOR in the certificate is not an array with a quote");
    }
    var info = cbor.u8(1) & 0x1f;
    var length = 0;
    var at = 2;
    if (info < 24) {
      length = info;
    } else if (info == 24) {
      length = cbor.u8(2);
      at = 3;
    } else if (info == 25) {
      length = cbor.u8(2) << 8 | cbor.u8(3);
      at = 4;
    } else {
      throw EvidenceFiles.malformed("the CBOR in the certificate has a longer quote than exist");
    }
    if (length > cbor.length() - at) {
      throw EvidenceFiles.malformed("the CBOR in the certificate ends within the quote");
    }
    return cbor.slice(at, length);
  }
}
