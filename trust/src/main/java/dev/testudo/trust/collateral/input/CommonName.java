package dev.testudo.trust.collateral.input;

import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;

/// Reads the common name (CN) of a subject or issuer. It serves to guess what a file is.
final class CommonName {
  private static final Pattern CN = Pattern.compile("(?:^|,)CN=([A-Za-z0-9 ._-]{1,64})(?=,|$)");

  private CommonName() {}

  /// Returns the name of the subject; empty if there is none.
  static String of(X509Certificate certificate) {
    return of(certificate.getSubjectX500Principal());
  }

  /// Returns the name of the issuer; empty if there is none.
  static String of(X509CRL list) {
    return of(list.getIssuerX500Principal());
  }

  private static String of(X500Principal principal) {
    var matcher = CN.matcher(principal.getName());
    return matcher.find() ? matcher.group(1) : "";
  }
}
