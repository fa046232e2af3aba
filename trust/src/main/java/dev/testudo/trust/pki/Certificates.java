package dev.testudo.trust.pki;

import dev.testudo.trust.pki.PkiException.Fault;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/// Reads and writes X.509 certificates.
public final class Certificates {
  private Certificates() {}

  /// Parses one DER certificate. Trailing bytes are an error.
  public static X509Certificate fromDer(byte[] der) throws PkiException {
    try {
      var in = new ByteArrayInputStream(der);
      var certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      if (in.available() > 0 || der.length == 0 || der[0] != 0x30) {
        throw new PkiException(
            Fault.DAMAGED, "the certificate is followed by other bytes or is not DER");
      }
      return certificate;
    } catch (CertificateException e) {
      throw new PkiException(Fault.DAMAGED, "the certificate is damaged or not X.509");
    }
  }

  /// Returns the DER encoding of `certificate`.
  public static byte[] toDer(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("cannot encode a parsed certificate", e);
    }
  }

  /// Returns `certificates` as PEM, one after the other, each ending with a newline.
  public static String toPem(List<X509Certificate> certificates) {
    var text = new StringBuilder();
    for (var certificate : certificates) {
      text.append(Pem.write("CERTIFICATE", toDer(certificate)));
    }
    return text.toString();
  }

  /// Returns true if `certificate` may sign others (basic constraints `CA:TRUE`).
  public static boolean isAuthority(X509Certificate certificate) {
    return certificate.getBasicConstraints() >= 0;
  }

  static List<X509Certificate> of(List<PemBlock> blocks) throws PkiException {
    var certificates = new ArrayList<X509Certificate>();
    for (var block : blocks) {
      if (isCertificate(block)) {
        try {
          certificates.add(fromDer(block.der()));
        } catch (PkiException e) {
          throw new PkiException(e.fault(), String.valueOf(e.getMessage()), block.offset());
        }
      }
    }
    return certificates;
  }

  static boolean isCertificate(PemBlock block) {
    return block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE");
  }
}
