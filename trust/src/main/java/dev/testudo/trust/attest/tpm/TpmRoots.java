package dev.testudo.trust.attest.tpm;

import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.pki.Certificates;
import dev.testudo.trust.pki.Pem;
import dev.testudo.trust.pki.PkiException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/// Reads certificates of manufacturers of TPMs, which an operator pins.
public final class TpmRoots {
  private static final int MOST = 64;

  private TpmRoots() {}

  /// Reads certificates in PEM: those that sign endorsement certificates, and their roots.
  ///
  /// @throws PkiException if there is none, one is no authority, or one is that of swtpm
  public static HardwareRoots read(String pem) throws PkiException {
    var authorities = new ArrayList<X509Certificate>();
    for (var block : Pem.read(pem)) {
      var certificate = Certificates.fromDer(block.der());
      var name = certificate.getSubjectX500Principal().getName();
      if (EndorsementCertificate.isOfSwtpm(certificate)) {
        throw new PkiException(
            PkiException.Fault.UNSUPPORTED,
            "`%s` is an authority that swtpm makes on a machine: it vouches for nothing"
                .formatted(name));
      }
      if (!Certificates.isAuthority(certificate)) {
        throw new PkiException(
            PkiException.Fault.UNSUPPORTED,
            "`%s` is no certificate of an authority".formatted(name));
      }
      authorities.add(certificate);
    }
    if (authorities.isEmpty() || authorities.size() > MOST) {
      throw new PkiException(
          PkiException.Fault.NO_CERTIFICATE,
          "there are %d certificates, not 1 to %d".formatted(authorities.size(), MOST));
    }
    return new HardwareRoots(List.of(), List.of(), authorities);
  }
}
