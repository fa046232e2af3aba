package dev.testudo.trust.attest.tpm;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.policy.evidence.BootedMachine.Maker;
import dev.testudo.policy.evidence.Endorsement;
import dev.testudo.policy.evidence.Endorsement.Expiry;
import dev.testudo.policy.evidence.Root;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Field;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.pki.Certificates;
import dev.testudo.trust.pki.PkiException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The certificate of an endorsement key (TCG EK Credential Profile).
///
/// It counts if one of the certificates signed it that the operator has pinned. These are those of
/// a manufacturer that sign endorsement certificates, or their root: a chain is not completed from
/// elsewhere. The list of revoked certificates is not asked for.
///
/// The authority that swtpm makes on a machine (`swtpm_localca`) vouches for nothing: whoever has
/// the machine has its key.
record EndorsementCertificate(X509Certificate certificate) {
  /// `tcg-kp-EKCertificate`
  private static final String PURPOSE = "2.23.133.8.1";

  private static final String ANY_PURPOSE = "2.5.29.37.0";
  private static final int DIRECTORY_NAME = 4;

  /// Attributes of the TPM in the certificate's alternative name, as hexadecimal DER (RFC 2253).
  private static final Pattern ATTRIBUTE =
      Pattern.compile("2\\.23\\.133\\.2\\.([12])=#([0-9a-fA-F]{4,128})(?:,|\\+|$)");

  private static final Pattern OF_SWTPM = Pattern.compile("(?i)(?:^|,\\s*)CN=swtpm[^,]*(?:,|$)");

  static EndorsementCertificate parse(Octets der) throws EvidenceException {
    try {
      return new EndorsementCertificate(Certificates.fromDer(der.toBytes()));
    } catch (PkiException e) {
      throw new EvidenceException(
          RejectionId.MALFORMED_EVIDENCE, "the endorsement certificate: " + e.getMessage());
    }
  }

  /// Returns whether an authority is one that swtpm makes.
  static boolean isOfSwtpm(X509Certificate authority) {
    return OF_SWTPM.matcher(authority.getSubjectX500Principal().getName()).find();
  }

  /// Returns what the certificate vouches for; empty if no pinned certificate signed it.
  ///
  /// @param key the endorsement key
  /// @throws EvidenceException if a pinned one signed it, and it is not for this key, not valid at
  ///     this instant, or not an endorsement certificate
  Optional<Endorsement> endorsement(PublicKey key, HardwareRoots roots, Instant at)
      throws EvidenceException {
    var issuer = roots.tpm().stream().filter(this::isSignedBy).findFirst();
    if (issuer.isEmpty() || isOfSwtpm(issuer.get()) || maker().model().equals("swtpm")) {
      return Optional.empty();
    }
    if (!certificate.getPublicKey().equals(key)) {
      throw refused(RejectionId.CERTIFICATE_MISMATCH, "is not for the endorsement key of this TPM");
    }
    if (Certificates.isAuthority(certificate) || !isForEndorsement()) {
      throw refused(RejectionId.UNTRUSTED_CHAIN, "is not for endorsement keys");
    }
    for (var one : List.of(certificate, issuer.get())) {
      if (at.isBefore(one.getNotBefore().toInstant())
          || at.isAfter(one.getNotAfter().toInstant())) {
        throw refused(
            RejectionId.OUTSIDE_VALIDITY,
            "or its issuer is valid from %s to %s, not at %s"
                .formatted(one.getNotBefore().toInstant(), one.getNotAfter().toInstant(), at));
      }
    }
    return Optional.of(
        new Endorsement(
            Root.VENDOR,
            List.of(
                new Expiry("endorsement certificate", end(certificate), false),
                new Expiry("issuer of the endorsement certificate", end(issuer.get()), false))));
  }

  private static Instant end(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant();
  }

  private boolean isSignedBy(X509Certificate authority) {
    var usage = authority.getKeyUsage();
    if (!certificate.getIssuerX500Principal().equals(authority.getSubjectX500Principal())
        || !Certificates.isAuthority(authority)
        || (usage != null && !usage[5])) {
      return false;
    }
    try {
      certificate.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private boolean isForEndorsement() throws EvidenceException {
    try {
      var purposes = certificate.getExtendedKeyUsage();
      return purposes == null || purposes.contains(PURPOSE) || purposes.contains(ANY_PURPOSE);
    } catch (CertificateParsingException e) {
      throw refused(RejectionId.MALFORMED_EVIDENCE, "has a malformed extended key usage");
    }
  }

  /// Returns what it says, for people.
  List<Field> describe() throws EvidenceException {
    var maker = maker();
    return List.of(
        Field.of("issuer", certificate.getIssuerX500Principal().getName(), ""),
        Field.of("manufacturer", maker.manufacturer(), "as registered with TCG"),
        Field.of("model", maker.model(), ""),
        Field.of("valid until", end(certificate).toString(), ""));
  }

  /// Returns what the certificate says of the maker. Unknown parts are empty.
  Maker maker() throws EvidenceException {
    var manufacturer = "";
    var model = "";
    try {
      var names = certificate.getSubjectAlternativeNames();
      for (var name : names == null ? List.<List<?>>of() : names) {
        if (Integer.valueOf(DIRECTORY_NAME).equals(name.get(0))) {
          var matcher = ATTRIBUTE.matcher(String.valueOf(name.get(1)));
          while (matcher.find()) {
            var text = text(matcher.group(2));
            manufacturer = matcher.group(1).equals("1") ? text : manufacturer;
            model = matcher.group(1).equals("2") ? text : model;
          }
        }
      }
      return new Maker(manufacturer, model);
    } catch (CertificateParsingException e) {
      throw refused(RejectionId.MALFORMED_EVIDENCE, "has a malformed alternative name");
    }
  }

  /// Returns the text of a string in DER with a length of one byte.
  private static String text(String der) {
    var bytes = HexFormat.of().parseHex(der.length() % 2 == 0 ? der : der + "0");
    return bytes.length < 2
        ? ""
        : new String(bytes, 2, bytes.length - 2, UTF_8).replaceAll("[^ -~]", "?");
  }

  private static EvidenceException refused(RejectionId id, String why) {
    return new EvidenceException(id, "the endorsement certificate of the TPM " + why);
  }
}
