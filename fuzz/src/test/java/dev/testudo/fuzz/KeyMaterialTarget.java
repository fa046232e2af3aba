package dev.testudo.fuzz;

import dev.testudo.trust.pki.Certificates;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.Pem;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PrivateKeys;
import dev.testudo.trust.pki.PublicKeys;
import dev.testudo.trust.pki.TrustAnchors;
import java.nio.charset.StandardCharsets;

/// Keys and certificates, as PEM and as DER. What is wrong with them is a [PkiException].
public final class KeyMaterialTarget {
  private KeyMaterialTarget() {}

  private interface Reading {
    void run() throws PkiException;
  }

  /// Reads one input in every way.
  public static void fuzzerTestOneInput(byte[] input) {
    var text = new String(input, StandardCharsets.UTF_8);
    tolerant(() -> Pem.read(text));
    tolerant(() -> PrivateKeys.publicKeyOf(PrivateKeys.fromPem(text)));
    tolerant(() -> PublicKeys.fromPem(text));
    tolerant(() -> Identity.fromPem(text));
    tolerant(() -> TrustAnchors.fromPem(text));
    tolerant(() -> PrivateKeys.fromPkcs8(input));
    tolerant(() -> PublicKeys.fromDer(input));
    tolerant(() -> Certificates.isAuthority(Certificates.fromDer(input)));
  }

  private static void tolerant(Reading reading) {
    try {
      reading.run();
    } catch (PkiException e) {
      // That is the answer to a damaged input.
    }
  }
}
