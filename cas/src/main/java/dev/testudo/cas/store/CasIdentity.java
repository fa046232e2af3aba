package dev.testudo.cas.store;

import dev.testudo.cas.store.database.StoreException;
import dev.testudo.trust.pki.CertificateAuthority;
import dev.testudo.trust.pki.CertificateProfile;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyAlgorithm;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.Validity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// The key that clients pin and that signs the audit log. It is generated once and kept.
final class CasIdentity {
  private static final String NAME = "tls-identity";

  private CasIdentity() {}

  /// Returns the stored identity, or generates and stores one.
  static Identity of(Transaction transaction, StoreOptions options) throws IOException {
    var stored = transaction.setting(NAME);
    if (stored.isPresent()) {
      return stored.get().revealOrThrow(CasIdentity::read);
    }
    var made =
        CertificateAuthority.selfSigned(
            CertificateProfile.EndEntity.server("cas.testudo.internal", "localhost"),
            KeyAlgorithm.P_256.generate(options.random()),
            Validity.since(options.clock().instant()),
            options.random());
    try (var pem = made.toPem()) {
      transaction.addSetting(NAME, pem);
    }
    return made;
  }

  private static Identity read(byte[] pem) throws StoreException {
    try {
      return Identity.fromPem(new String(pem, StandardCharsets.US_ASCII));
    } catch (PkiException e) {
      throw new StoreException("the stored key of CAS cannot be read", e);
    }
  }
}
