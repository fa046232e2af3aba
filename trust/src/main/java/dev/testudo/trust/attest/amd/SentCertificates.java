package dev.testudo.trust.attest.amd;

import dev.testudo.trust.attest.amd.CertificateTable.Kind;
import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.pki.Pem;
import dev.testudo.trust.pki.PemBlock;
import dev.testudo.trust.pki.PkiException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Certificates as they were sent, in DER. Nothing about them is verified.
///
/// @param leaf the VCEK or VLEK certificate, if it was sent
/// @param authorities the certificates above it; empty unless all were sent
record SentCertificates(Optional<Octets> leaf, List<Octets> authorities) {
  private static final int AUTHORITIES = 2;
  private static final int MOST_CERTIFICATES = 4;
  private static final byte DER_SEQUENCE = 0x30;

  /// Copies the list.
  SentCertificates {
    authorities = List.copyOf(authorities);
  }

  /// No certificates.
  static SentCertificates none() {
    return new SentCertificates(Optional.empty(), List.of());
  }

  /// Takes the certificates of a table: the leaf of the given kind, and the authorities if both are
  /// in it.
  static SentCertificates of(CertificateTable table, SnpKey key) {
    var leaf = table.find(key == SnpKey.VCEK ? Kind.VCEK : Kind.VLEK);
    var authorities =
        Stream.of(Kind.ASK, Kind.ARK).map(table::find).flatMap(Optional::stream).toList();
    return new SentCertificates(leaf, authorities.size() == AUTHORITIES ? authorities : List.of());
  }

  /// Takes the certificates of a PEM text: what is no authority is the leaf.
  ///
  /// @throws EvidenceException if it is no PEM, or has other certificates than these
  static SentCertificates ofPem(Octets pem) throws EvidenceException {
    var leaves = new ArrayList<Octets>();
    var authorities = new ArrayList<Octets>();
    for (var der : read(pem, RejectionId.MALFORMED_EVIDENCE)) {
      (AmdCertificate.parse(der).isAuthority() ? authorities : leaves).add(der);
    }
    if (leaves.size() > 1) {
      throw new EvidenceException(
          RejectionId.MALFORMED_EVIDENCE,
          "the evidence has %d certificates that are no authorities; one can have signed the report"
              .formatted(leaves.size()));
    }
    return new SentCertificates(
        leaves.stream().findFirst(), authorities.size() == AUTHORITIES ? authorities : List.of());
  }

  /// Reads certificates in PEM, or one in DER.
  ///
  /// @param fault the kind of fault if the text is damaged or has more than a chain needs
  static List<Octets> read(Octets bytes, RejectionId fault) throws EvidenceException {
    if (bytes.length() > 0 && bytes.u8(0) == DER_SEQUENCE) {
      return List.of(bytes);
    }
    try {
      var blocks = Pem.read(new String(bytes.toBytes(), StandardCharsets.ISO_8859_1));
      if (blocks.size() > MOST_CERTIFICATES) {
        throw new EvidenceException(
            fault, "%d certificates are more than a chain has".formatted(blocks.size()));
      }
      return blocks.stream().map(PemBlock::der).map(Octets::of).toList();
    } catch (PkiException e) {
      throw new EvidenceException(
          fault, "the certificates cannot be read: %s".formatted(e.getMessage()));
    }
  }
}
