package dev.testudo.trust.attest.amd;

import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// What a VCEK or VLEK certificate says about the platform, in extensions below
/// 1.3.6.1.4.1.3704.1 (AMD 57230, table 8; AMD 58369 for VLEK).
///
/// @param productName the generation, from Milan's certificates with a stepping: `Milan-B0`
/// @param versions the version of each component, 0 to 255
/// @param hardwareId the part of CHIP_ID that is certified; a VLEK has none
/// @param provider the id of the cloud provider; only a VLEK has it
record LeafExtensions(
    String productName,
    Map<TcbComponent, Integer> versions,
    Optional<Octets> hardwareId,
    Optional<String> provider) {
  private static final String ARC = "1.3.6.1.4.1.3704.1.";
  private static final String VERSIONS = ARC + "3.";
  private static final int RESERVED_FIRST = 4;
  private static final int RESERVED_LAST = 7;

  private static final int INTEGER = 0x02;
  private static final int OCTET_STRING = 0x04;
  private static final int IA5_STRING = 0x16;
  private static final int SHORT_LENGTH = 0x7f;

  /// Copies the map.
  LeafExtensions {
    versions = Map.copyOf(versions);
  }

  /// Reads the extensions of a certificate.
  ///
  /// @throws EvidenceException if one is malformed, or the product or a version is absent
  static LeafExtensions of(X509Certificate certificate, SnpGeneration generation)
      throws EvidenceException {
    var versions = new EnumMap<TcbComponent, Integer>(TcbComponent.class);
    for (var component : TcbComponent.values()) {
      var version = version(certificate, component.arc());
      if (version.isPresent() != component.position(generation) >= 0) {
        throw malformed(
            "the extension for %s is %s, which does not fit %s"
                .formatted(component, version.isPresent() ? "there" : "absent", generation));
      }
      version.ifPresent(value -> versions.put(component, value));
    }
    for (var arc = RESERVED_FIRST; arc <= RESERVED_LAST; arc++) {
      if (version(certificate, Integer.toString(arc)).orElse(0) != 0) {
        throw malformed("the reserved version 3.%d is not zero".formatted(arc));
      }
    }
    return new LeafExtensions(
        text(certificate, ARC + "2").orElseThrow(() -> malformed("it names no product")),
        versions,
        extension(certificate, ARC + "4").map(LeafExtensions::hardwareId),
        text(certificate, ARC + "5"));
  }

  private static Optional<Octets> extension(X509Certificate certificate, String oid)
      throws EvidenceException {
    var wrapped = certificate.getExtensionValue(oid);
    return wrapped == null
        ? Optional.empty()
        : Optional.of(content(OCTET_STRING, Octets.of(wrapped)));
  }

  private static Optional<Integer> version(X509Certificate certificate, String arc)
      throws EvidenceException {
    var value = extension(certificate, VERSIONS + arc);
    return value.isPresent() ? Optional.of(number(value.get())) : Optional.empty();
  }

  private static int number(Octets der) throws EvidenceException {
    var content = content(INTEGER, der);
    if (content.length() == 1 && content.u8(0) < 0x80) {
      return content.u8(0);
    }
    if (content.length() == 2 && content.u8(0) == 0 && content.u8(1) >= 0x80) {
      return content.u8(1); // DER: a leading zero only where the next bit is set
    }
    throw malformed("a version is not an INTEGER from 0 to 255 in DER");
  }

  private static Optional<String> text(X509Certificate certificate, String oid)
      throws EvidenceException {
    var value = extension(certificate, oid);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    var bytes = content(IA5_STRING, value.get()).toBytes();
    for (var b : bytes) {
      if (b < ' ' || b == 0x7f) {
        throw malformed("a text has characters that are not printable ASCII");
      }
    }
    return Optional.of(new String(bytes, StandardCharsets.US_ASCII));
  }

  /// AMD writes the id without a DER header. Some descriptions have one, so both are read.
  private static Octets hardwareId(Octets value) {
    for (var generation : SnpGeneration.values()) {
      var bytes = generation.hardwareIdBytes();
      if (value.length() == bytes + 2 && value.u8(0) == OCTET_STRING && value.u8(1) == bytes) {
        return value.slice(2, bytes);
      }
    }
    return value;
  }

  private static Octets content(int tag, Octets der) throws EvidenceException {
    if (der.length() < 2
        || der.u8(0) != tag
        || der.u8(1) > SHORT_LENGTH
        || der.u8(1) != der.length() - 2) {
      throw malformed("an extension is not DER of the type 0x%02x".formatted(tag));
    }
    return der.slice(2, der.length() - 2);
  }

  private static EvidenceException malformed(String reason) {
    return new EvidenceException(
        RejectionId.UNTRUSTED_CHAIN, "the VCEK or VLEK certificate is malformed: " + reason);
  }
}
