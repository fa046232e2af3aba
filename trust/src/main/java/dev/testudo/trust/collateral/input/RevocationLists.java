package dev.testudo.trust.collateral.input;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.DocumentId.AmdCrl;
import dev.testudo.trust.attest.evidence.DocumentId.IntelRootCrl;
import dev.testudo.trust.attest.evidence.DocumentId.PckCa;
import dev.testudo.trust.attest.evidence.DocumentId.PckCrl;
import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.collateral.CollateralException;
import dev.testudo.trust.collateral.CollateralException.Fault;
import dev.testudo.trust.pki.Pem;
import dev.testudo.trust.pki.PemBlock;
import dev.testudo.trust.pki.PkiException;
import java.io.ByteArrayInputStream;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Revocation lists in the forms in which services deliver them: DER, hexadecimal digits (PCCS
/// before version 3.1), or PEM.
public final class RevocationLists {
  static final String PCK_PROCESSOR = "Intel SGX PCK Processor CA";
  static final String PCK_PLATFORM = "Intel SGX PCK Platform CA";

  private static final int SEQUENCE = 0x30;
  private static final String ARK = "ARK-";

  private RevocationLists() {}

  /// Returns the DER of a list; bytes that have no known form stay as they are.
  public static byte[] unwrapped(byte[] bytes) {
    if (bytes.length == 0 || (bytes[0] == SEQUENCE && !isHex(bytes))) {
      return bytes;
    }
    var text = new String(bytes, ISO_8859_1).strip();
    try {
      if (isHex(bytes)) {
        return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
      }
      var blocks =
          text.startsWith("-----BEGIN X509 CRL-----") ? Pem.read(text) : List.<PemBlock>of();
      return blocks.size() == 1 ? blocks.getFirst().der() : bytes;
    } catch (IllegalArgumentException | PkiException e) {
      return bytes;
    }
  }

  /// The digits of a DER sequence begin with `30`, and `0` is the byte of a sequence's tag, too.
  private static boolean isHex(byte[] bytes) {
    for (var one : bytes) {
      if (Character.digit(one, 16) < 0 && !Character.isWhitespace(one)) {
        return false;
      }
    }
    return true;
  }

  /// Parses DER; empty if it is no list.
  static Optional<X509CRL> parse(byte[] der) {
    if (der.length == 0 || der[0] != SEQUENCE) {
      return Optional.empty();
    }
    try {
      var in = new ByteArrayInputStream(der);
      var list = CertificateFactory.getInstance("X.509").generateCRL(in);
      return in.available() == 0 && list instanceof X509CRL x509
          ? Optional.of(x509)
          : Optional.empty();
    } catch (CRLException | CertificateException e) {
      return Optional.empty();
    }
  }

  /// Returns the names under which a list is kept. AMD's root has one list, which the service
  /// delivers under two addresses.
  ///
  /// @throws CollateralException if it is no manufacturer's
  static List<DocumentId> names(X509CRL list) throws CollateralException {
    var issuer = CommonName.of(list);
    return switch (issuer) {
      case "Intel SGX Root CA" -> List.of(new IntelRootCrl());
      case PCK_PROCESSOR -> List.of(new PckCrl(PckCa.PROCESSOR));
      case PCK_PLATFORM -> List.of(new PckCrl(PckCa.PLATFORM));
      default -> {
        if (!issuer.startsWith(ARK)) {
          throw new CollateralException(
              Fault.MALFORMED,
              "the issuer `%s` of the revocation list is unknown".formatted(issuer));
        }
        var product = issuer.substring(ARK.length());
        yield List.of(new AmdCrl(product, SnpKey.VCEK), new AmdCrl(product, SnpKey.VLEK));
      }
    };
  }
}
