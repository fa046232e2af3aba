package dev.testudo.cas.store;

import dev.testudo.cas.store.database.Dialect;
import java.security.SecureRandom;
import java.time.InstantSource;

/// How a store is kept.
///
/// @param random where keys and nonces come from
/// @param clock the time in the audit log
/// @param auditQuota most bytes of the audit log in the database, from 64 KiB. The files beside it
///     take up to twice as much
/// @param acceptAuditLog goes on although the log's copy is not as CAS left it
/// @param dialect which database product keeps it
public record StoreOptions(
    SecureRandom random,
    InstantSource clock,
    long auditQuota,
    boolean acceptAuditLog,
    Dialect dialect) {
  private static final long LEAST_AUDIT_QUOTA = 64 << 10;

  /// Checks the quota.
  public StoreOptions {
    if (auditQuota < LEAST_AUDIT_QUOTA) {
      throw new IllegalArgumentException("the audit log may have 64 KiB at least");
    }
  }
}
