package dev.testudo.trust.collateral.input;

import dev.testudo.policy.evidence.SnpTcb;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.collateral.CollateralException;
import dev.testudo.trust.collateral.CollateralException.Fault;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads which chip and TCB version the certificate of a chip (VCEK) is for (AMD, Versioned Chip
/// Endorsement Key Certificate and KDS Interface Specification).
final class ChipCertificate {
  private static final String ARC = "1.3.6.1.4.1.3704.1.";
  private static final int OCTET_STRING = 0x04;
  private static final int IA5_STRING = 0x16;
  private static final int INTEGER = 0x02;
  private static final int LONG_ID = 64;
  private static final int SHORT_ID = 8;

  private ChipCertificate() {}

  /// Returns the name of a certificate.
  ///
  /// @throws CollateralException if it lacks an extension, or one is malformed
  static DocumentId.Vcek id(X509Certificate certificate) throws CollateralException {
    var fmc = svn(certificate, "3.9");
    var tcb =
        new SnpTcb(
            fmc.isPresent() ? Optional.of(fmc.getAsInt()) : Optional.empty(),
            required(certificate, "3.1"),
            required(certificate, "3.2"),
            required(certificate, "3.3"),
            required(certificate, "3.8"));
    return new DocumentId.Vcek(product(certificate), chip(certificate), tcb);
  }

  /// Returns `Milan` for `Milan-B0`.
  private static String product(X509Certificate certificate) throws CollateralException {
    var name = extension(certificate, "2").orElseThrow(() -> malformed("2"));
    if (name.length < 2 || name[0] != IA5_STRING || name[1] != name.length - 2) {
      throw malformed("2");
    }
    var text = new String(name, 2, name.length - 2, StandardCharsets.US_ASCII);
    return text.replaceFirst("-.*", "");
  }

  /// The hardware id has no DER around it, but some descriptions demand one.
  private static String chip(X509Certificate certificate) throws CollateralException {
    var value = extension(certificate, "4").orElseThrow(() -> malformed("4"));
    for (var length : new int[] {LONG_ID, SHORT_ID}) {
      if (value.length == length + 2 && value[0] == OCTET_STRING && value[1] == length) {
        value = Arrays.copyOfRange(value, 2, value.length);
      }
    }
    if (value.length != LONG_ID && value.length != SHORT_ID) {
      throw malformed("4");
    }
    return HexFormat.of().formatHex(value);
  }

  private static int required(X509Certificate certificate, String arc) throws CollateralException {
    return svn(certificate, arc).orElseThrow(() -> malformed(arc));
  }

  private static OptionalInt svn(X509Certificate certificate, String arc)
      throws CollateralException {
    var value = extension(certificate, arc);
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    var der = value.get();
    var isShort = der.length == 3 && der[0] == INTEGER && der[1] == 1 && der[2] >= 0;
    var isLong = der.length == 4 && der[0] == INTEGER && der[1] == 2 && der[2] == 0;
    if (!isShort && !isLong) {
      throw malformed(arc);
    }
    return OptionalInt.of(der[der.length - 1] & 0xff);
  }

  /// Returns the content of an extension, without the octet string that X.509 puts around it.
  private static Optional<byte[]> extension(X509Certificate certificate, String arc) {
    var value = certificate.getExtensionValue(ARC + arc);
    if (value == null || value.length < 2 || value[0] != OCTET_STRING || value[1] < 0) {
      return Optional.empty();
    }
    return Optional.of(Arrays.copyOfRange(value, 2, value.length));
  }

  private static CollateralException malformed(String arc) {
    return new CollateralException(
        Fault.MALFORMED,
        "the certificate of a chip has no usable extension %s%s".formatted(ARC, arc));
  }
}
