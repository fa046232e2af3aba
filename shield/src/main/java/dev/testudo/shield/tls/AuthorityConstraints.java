package dev.testudo.shield.tls;

import java.io.IOException;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Checks what a trusted authority's own certificate permits below it: names (RFC 5280 §4.2.1.10)
/// and the number of intermediate authorities (§4.2.1.9). Java's PKIX uses only the name and key of
/// the trusted certificate and does not check these.
final class AuthorityConstraints {
  private static final String NAME_CONSTRAINTS = "2.5.29.30";

  private AuthorityConstraints() {}

  /// @param path from the peer's certificate up to the one that `authority` issued
  static void check(X509Certificate authority, List<X509Certificate> path) throws PeerRefused {
    var below =
        path.stream().filter(one -> one.equals(path.getFirst()) || !isSelfIssued(one)).toList();
    if (below.size() - 1 > authority.getBasicConstraints()) {
      throw new PeerRefused(
          "there are more authorities between peer and authority than the latter permits",
          CertificateFault.TOO_MANY_AUTHORITIES);
    }
    var names = names(authority);
    if (names.isPresent() && !below.stream().allMatch(names.get()::match)) {
      throw new PeerRefused(
          "peer certificate has a name that its authority may not give",
          CertificateFault.FORBIDDEN_NAME);
    }
  }

  private static boolean isSelfIssued(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  private static Optional<X509CertSelector> names(X509Certificate authority) throws PeerRefused {
    var extension = authority.getExtensionValue(NAME_CONSTRAINTS);
    if (extension == null) {
      return Optional.empty();
    }
    try {
      var selector = new X509CertSelector();
      selector.setNameConstraints(content(extension));
      return Optional.of(selector);
    } catch (IOException e) {
      throw new PeerRefused("name constraints of its authority cannot be read: " + e.getMessage());
    }
  }

  /// Returns the content of a DER OCTET STRING, without its tag and length.
  private static byte[] content(byte[] octetString) {
    int first = octetString[1];
    int header = first < 0 ? 2 + (first & 0x7f) : 2;
    return Arrays.copyOfRange(octetString, header, octetString.length);
  }
}
