package dev.testudo.trust.attest.amd;

import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Field;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Describes certificates of AMD for people. Nothing is verified.
final class AmdCertificateFields {
  private AmdCertificateFields() {}

  static List<Field> describe(Octets der) {
    try {
      var certificate = AmdCertificate.parse(der);
      var x509 = certificate.x509();
      var fields = new ArrayList<Field>();
      fields.add(Field.of("subject", printable(certificate.subject().getName()), ""));
      fields.add(Field.of("issuer", printable(certificate.issuer().getName()), ""));
      fields.add(Field.of("serial", x509.getSerialNumber().toString(), ""));
      fields.add(Field.of("notBefore", x509.getNotBefore().toInstant().toString(), ""));
      fields.add(Field.of("notAfter", x509.getNotAfter().toInstant().toString(), ""));
      fields.add(
          Field.of(
              "SHA-256",
              HexFormat.of().formatHex(Measurement.sha256().digest(der.toBytes())),
              "roots are pinned by it"));
      for (var kind : SnpKey.values()) {
        if (certificate.subject().equals(AmdNames.leaf(kind))) {
          fields.addAll(extensions(certificate, kind));
        }
      }
      return fields;
    } catch (EvidenceException e) {
      return List.of(Field.of("malformed", "", e.reason()));
    }
  }

  private static String printable(String name) {
    return name.replaceAll("[^ -~]", "?");
  }

  private static List<Field> extensions(AmdCertificate certificate, SnpKey kind)
      throws EvidenceException {
    var fields = new ArrayList<Field>();
    var leaf = LeafExtensions.of(certificate.x509(), VerifiedChain.generation(certificate, kind));
    fields.add(Field.of("productName", leaf.productName(), ""));
    for (var component : TcbComponent.values()) {
      var version = leaf.versions().get(component);
      if (version != null) {
        fields.add(Field.of(component.toString(), version.toString(), "certified version"));
      }
    }
    leaf.hardwareId().ifPresent(id -> fields.add(Field.of("hwID", id.hex(), "the processor")));
    leaf.provider().ifPresent(id -> fields.add(Field.of("cspID", id, "the cloud provider")));
    return fields;
  }
}
