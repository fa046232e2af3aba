package dev.testudo.cas.store;

import dev.testudo.cas.store.database.Dialect;
import dev.testudo.cas.store.key.KeyFile;
import dev.testudo.cas.store.key.KeySource;
import dev.testudo.cas.store.log.AnchorSource;
import dev.testudo.cas.store.log.AuditLimits;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/// The options of a store.
///
/// @param random the source of keys and nonces
/// @param clock the time in the audit log
/// @param auditLimits how much of the audit log is kept
/// @param acceptAuditLog true to continue even if the log's copy is not as CAS left it
/// @param dialect the database product
/// @param key where the master key comes from
/// @param anchor a place outside the state that knows the last line of the audit log
public record StoreOptions(
    SecureRandom random,
    InstantSource clock,
    AuditLimits auditLimits,
    boolean acceptAuditLog,
    Dialect dialect,
    KeySource key,
    Optional<AnchorSource> anchor) {
  /// Creates options for a store whose master key is in the state directory.
  public StoreOptions(
      SecureRandom random,
      InstantSource clock,
      long auditQuota,
      boolean acceptAuditLog,
      Dialect dialect) {
    this(random, clock, auditQuota, acceptAuditLog, dialect, KeyFile::in);
  }

  /// Creates options for a store without an anchor.
  public StoreOptions(
      SecureRandom random,
      InstantSource clock,
      long auditQuota,
      boolean acceptAuditLog,
      Dialect dialect,
      KeySource key) {
    this(
        random, clock, new AuditLimits(auditQuota), acceptAuditLog, dialect, key, Optional.empty());
  }
}
