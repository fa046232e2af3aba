package dev.testudo.trust.audit;

import dev.testudo.trust.pki.Ed25519Key;
import dev.testudo.trust.pki.Identity;

/// Signs the lines of an audit log with Ed25519.
public final class AuditSigner {
  private final Ed25519Key key;
  private final AuditKeys keys;

  /// Creates a signer.
  ///
  /// @param cas the identity of CAS, which certifies `key`
  public AuditSigner(Identity cas, Ed25519Key key) {
    this.key = key;
    this.keys = AuditKeys.certify(cas, key.publicKey());
  }

  /// Returns the keys that verify what it signs.
  public AuditKeys keys() {
    return keys;
  }

  byte[] sign(byte[] message) {
    return key.sign(message);
  }
}
