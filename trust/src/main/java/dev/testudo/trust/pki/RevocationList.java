package dev.testudo.trust.pki;

import dev.testudo.trust.pki.PkiException.Fault;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;

/// A revocation list that is complete and parsed (RFC 5280, section 5). Its signature and its dates
/// are not verified.
///
/// @param x509 the list, for who verifies it
/// @param thisUpdate the first instant at which it is valid
/// @param nextUpdate the last one
/// @param revoked serial numbers
public record RevocationList(
    X509CRL x509, Instant thisUpdate, Instant nextUpdate, Set<BigInteger> revoked) {
  private static final int SEQUENCE = 0x30;
  private static final String LABEL = "X509 CRL";

  /// Copies the set.
  public RevocationList {
    revoked = Set.copyOf(revoked);
  }

  /// Reads a list in DER, in PEM or in hexadecimal digits, as services deliver it.
  ///
  /// A critical extension that is not known makes a list unusable. The known ones make it partial
  /// or indirect, so that it does not answer whether a certificate is revoked. Such lists are
  /// refused, too (RFC 5280, sections 5.2 and 5.3).
  ///
  /// @throws PkiException if it is something else, partial, or does not say how long it is valid
  public static RevocationList read(byte[] body) throws PkiException {
    var x509 = parse(der(body));
    var critical = x509.getCriticalExtensionOIDs();
    if (critical != null && !critical.isEmpty()) {
      throw damaged("it has a critical extension, so that it is not a complete list");
    }
    if (x509.getThisUpdate() == null || x509.getNextUpdate() == null) {
      throw damaged("it does not say when the next one comes");
    }
    return new RevocationList(
        x509,
        x509.getThisUpdate().toInstant(),
        x509.getNextUpdate().toInstant(),
        serialNumbers(x509));
  }

  private static Set<BigInteger> serialNumbers(X509CRL list) throws PkiException {
    var numbers = new HashSet<BigInteger>();
    var entries = list.getRevokedCertificates();
    if (entries != null) {
      for (var entry : entries) {
        var critical = entry.getCriticalExtensionOIDs();
        if (critical != null && !critical.isEmpty()) {
          throw damaged("an entry has a critical extension");
        }
        numbers.add(entry.getSerialNumber());
      }
    }
    return numbers;
  }

  private static byte[] der(byte[] body) throws PkiException {
    if (body.length > 0 && body[0] == SEQUENCE) {
      return body; // hexadecimal digits of a SEQUENCE begin with `3`, which is 0x33
    }
    var text = new String(body, StandardCharsets.ISO_8859_1).strip();
    if (text.startsWith("-----BEGIN")) {
      var blocks = Pem.read(text);
      if (blocks.size() != 1 || !blocks.getFirst().label().equals(LABEL)) {
        throw damaged("it is not one block `%s`".formatted(LABEL));
      }
      return blocks.getFirst().der();
    }
    try {
      return HexFormat.of().parseHex(text);
    } catch (IllegalArgumentException e) {
      throw damaged("it is neither DER, PEM nor hexadecimal text");
    }
  }

  private static X509CRL parse(byte[] der) throws PkiException {
    if (der.length == 0 || der[0] != SEQUENCE) {
      throw damaged("it is not DER");
    }
    try {
      var in = new ByteArrayInputStream(der);
      var parsed = CertificateFactory.getInstance("X.509").generateCRL(in);
      if (parsed instanceof X509CRL list && in.available() == 0) {
        return list;
      }
    } catch (CRLException | CertificateException | RuntimeException e) {
      // The JDK's parser promises nothing about damaged input.
      throw damaged("it is damaged");
    }
    throw damaged("other bytes follow it");
  }

  private static PkiException damaged(String reason) {
    return new PkiException(Fault.DAMAGED, reason);
  }
}
