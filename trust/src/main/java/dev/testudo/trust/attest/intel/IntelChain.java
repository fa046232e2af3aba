package dev.testudo.trust.attest.intel;

import dev.testudo.policy.evidence.Root;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.pki.Pem;
import dev.testudo.trust.pki.PkiException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SignatureException;
import java.util.ArrayList;
import java.util.List;

/// Certificates whose signatures lead to a pinned key. Dates and revocation are not part of it,
/// because they depend on time.
///
/// @param certificates the leaf first, the root last
/// @param root whose key the root has
record IntelChain(List<IntelCertificate> certificates, Root root) {
  static final String ROOT = "Intel SGX Root CA";
  static final String PLATFORM_CA = "Intel SGX PCK Platform CA";
  static final String PROCESSOR_CA = "Intel SGX PCK Processor CA";
  static final String PCK = "Intel SGX PCK Certificate";
  static final String TCB_SIGNING = "Intel SGX TCB Signing";

  private static final String LABEL = "CERTIFICATE";

  /// Copies the list.
  IntelChain {
    certificates = List.copyOf(certificates);
  }

  /// The kinds of chains: the names that the certificates have, the leaf first. Without names, a
  /// certificate of one kind would pass for another.
  enum Kind {
    PCK_CHAIN("PCK chain"),
    PCK_CA_CHAIN("chain of the PCK CRL"),
    TCB_SIGNING_CHAIN("TCB signing chain");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    private List<List<String>> names() {
      var pckCa = List.of(PLATFORM_CA, PROCESSOR_CA);
      return switch (this) {
        case PCK_CHAIN -> List.of(List.of(PCK), pckCa, List.of(ROOT));
        case PCK_CA_CHAIN -> List.of(pckCa, List.of(ROOT));
        case TCB_SIGNING_CHAIN -> List.of(List.of(TCB_SIGNING), List.of(ROOT));
      };
    }
  }

  IntelCertificate leaf() {
    return certificates.getFirst();
  }

  IntelCertificate rootCertificate() {
    return certificates.getLast();
  }

  /// Verifies the signatures of a chain in PEM.
  ///
  /// @param pem what was received; white space and zeros may follow the certificates
  /// @param fault what to say if the chain is wrong
  static IntelChain verify(Octets pem, Kind kind, HardwareRoots roots, RejectionId fault)
      throws EvidenceException {
    return verify(read(pem, kind, fault), kind, roots, fault);
  }

  /// Verifies the signatures of a chain. The root is compared with the pinned keys before.
  ///
  /// @param certificates in DER and in any order
  /// @param fault what to say if the chain is wrong
  static IntelChain verify(
      List<Octets> certificates, Kind kind, HardwareRoots roots, RejectionId fault)
      throws EvidenceException {
    try {
      var parsed = new ArrayList<IntelCertificate>();
      for (var der : certificates) {
        parsed.add(IntelCertificate.parse(der.toBytes()));
      }
      return verify(order(parsed, kind), kind, roots);
    } catch (IOException e) {
      throw wrong(kind, fault, e);
    }
  }

  /// Returns the certificates of a PEM text in DER. There are as many as the chain must have.
  ///
  /// @param fault what to say if the text is damaged or has other blocks
  static List<Octets> read(Octets pem, Kind kind, RejectionId fault) throws EvidenceException {
    try {
      var blocks = Pem.read(new String(pem.toBytes(), StandardCharsets.ISO_8859_1));
      for (var block : blocks) {
        if (!block.label().equals(LABEL)) {
          throw new IOException("it has a block that is not a certificate");
        }
      }
      if (blocks.size() != kind.names().size()) {
        throw new IOException(
            "it has %d certificates, not %d".formatted(blocks.size(), kind.names().size()));
      }
      return blocks.stream().map(block -> Octets.of(block.der())).toList();
    } catch (PkiException | IOException e) {
      throw wrong(kind, fault, e);
    }
  }

  private static List<IntelCertificate> order(List<IntelCertificate> certificates, Kind kind)
      throws IOException {
    var ordered = new ArrayList<IntelCertificate>();
    for (var names : kind.names()) {
      var found = certificates.stream().filter(c -> names.contains(c.commonName())).toList();
      if (found.size() != 1) {
        throw new IOException(
            "it has %d certificates named `%s`, not one"
                .formatted(found.size(), String.join("` or `", names)));
      }
      ordered.add(found.getFirst());
    }
    return ordered;
  }

  private static IntelChain verify(List<IntelCertificate> ordered, Kind kind, HardwareRoots roots)
      throws IOException {
    var pinned = roots.intel(Octets.of(ordered.getLast().key().point()));
    if (pinned.isEmpty()) {
      throw new IOException("the key of `%s` is not a pinned one".formatted(ROOT));
    }
    var last = ordered.size() - 1;
    for (var i = 0; i <= last; i++) {
      var certificate = ordered.get(i);
      checkRole(certificate, i, kind != Kind.PCK_CA_CHAIN);
      verifySignature(certificate, ordered.get(Math.min(i + 1, last)));
    }
    return new IntelChain(ordered, pinned.get());
  }

  private static void checkRole(IntelCertificate certificate, int position, boolean hasLeaf)
      throws IOException {
    var name = certificate.commonName();
    if (hasLeaf && position == 0) {
      if (certificate.claimsAuthority()) {
        throw new IOException("`%s` is an authority, but must not be one".formatted(name));
      }
      return;
    }
    var authoritiesBelow = hasLeaf ? position - 1 : position;
    if (!certificate.isAuthority() || certificate.pathLength() < authoritiesBelow) {
      throw new IOException(
          "`%s` may not sign the certificates below it and revocation lists".formatted(name));
    }
  }

  private static void verifySignature(IntelCertificate certificate, IntelCertificate issuer)
      throws IOException {
    var name = certificate.commonName();
    if (!certificate.issuer().equals(issuer.subject())) {
      throw new IOException(
          "`%s` names an issuer other than `%s`".formatted(name, issuer.commonName()));
    }
    try {
      certificate.verify(issuer.key());
    } catch (SignatureException e) {
      throw new IOException("`%s` is not signed by `%s`".formatted(name, issuer.commonName()), e);
    }
  }

  private static EvidenceException wrong(Kind kind, RejectionId fault, Exception cause) {
    return new EvidenceException(fault, "the %s: %s".formatted(kind.text, cause.getMessage()));
  }
}
