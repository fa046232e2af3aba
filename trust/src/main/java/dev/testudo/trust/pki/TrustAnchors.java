package dev.testudo.trust.pki;

import dev.testudo.trust.pki.PkiException.Fault;
import java.security.cert.X509Certificate;
import java.util.List;

/// Certificates that are given as trusted; at least one. Users of the anchors decide which of them
/// count as authorities, see [Certificates#isAuthority(X509Certificate)].
public record TrustAnchors(List<X509Certificate> certificates) {
  /// Copies the list and checks that it is not empty.
  public TrustAnchors {
    certificates = List.copyOf(certificates);
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("no trust anchor");
    }
  }

  /// Parses concatenated certificates. Anything else is an error: a private key here is a mistake
  /// that should be noticed.
  public static TrustAnchors fromPem(String text) throws PkiException {
    var blocks = Pem.read(text);
    for (var block : blocks) {
      if (!Certificates.isCertificate(block)) {
        throw new PkiException(
            Fault.FOREIGN_BLOCK,
            "`%s` does not belong among certificates to trust".formatted(block.label()),
            block.offset());
      }
    }
    var certificates = Certificates.of(blocks);
    if (certificates.isEmpty()) {
      throw new PkiException(Fault.NO_CERTIFICATE, "there is no `CERTIFICATE` block");
    }
    return new TrustAnchors(certificates);
  }

  /// Returns the anchors as PEM.
  public String toPem() {
    return Certificates.toPem(certificates);
  }
}
