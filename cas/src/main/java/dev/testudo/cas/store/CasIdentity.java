package dev.testudo.cas.store;

import dev.testudo.cas.store.database.StoreException;
import dev.testudo.trust.audit.AuditSigner;
import dev.testudo.trust.pki.CertificateAuthority;
import dev.testudo.trust.pki.CertificateProfile;
import dev.testudo.trust.pki.Ed25519Key;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyAlgorithm;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.Validity;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// The keys that make a CAS the one that it is. They are generated once and kept.
///
/// @param tls the key that clients pin, with its certificate
/// @param signer the key that signs the audit log, which the first one certifies
record CasIdentity(Identity tls, AuditSigner signer) {
  private static final String TLS = "tls-identity";
  private static final String LOG = "audit-key";

  /// Returns the stored keys, and generates and stores those that are missing.
  static CasIdentity of(Transaction transaction, StoreOptions options) throws IOException {
    var tls = tls(transaction, options);
    return new CasIdentity(tls, new AuditSigner(tls, log(transaction, options)));
  }

  private static Ed25519Key log(Transaction transaction, StoreOptions options) throws IOException {
    var stored = transaction.setting(LOG);
    if (stored.isPresent()) {
      return key(stored.get());
    }
    var made = Ed25519Key.generate(options.random());
    try (var seed = made.seed()) {
      transaction.addSetting(LOG, seed);
    }
    return made;
  }

  private static Ed25519Key key(Secret seed) throws StoreException {
    try (seed) {
      return Ed25519Key.ofSeed(seed);
    } catch (IllegalArgumentException e) {
      throw new StoreException("the stored key of the audit log cannot be read", e);
    }
  }

  private static Identity tls(Transaction transaction, StoreOptions options) throws IOException {
    var stored = transaction.setting(TLS);
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
      transaction.addSetting(TLS, pem);
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
