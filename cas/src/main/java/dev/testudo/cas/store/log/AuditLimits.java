package dev.testudo.cas.store.log;

/// How much of the audit log is kept.
///
/// @param quota the most bytes of the log in the database, at least 64 KiB. Each file beside it may
///     be as large
/// @param files how many earlier files are kept beside `audit.jsonl`, from 1 to [#MOST_FILES]
public record AuditLimits(long quota, int files) {
  /// The most earlier files.
  public static final int MOST_FILES = 999;

  /// The earlier files that are kept by default.
  public static final int USUAL_FILES = 4;

  private static final long LEAST_QUOTA = 64 << 10;

  /// Checks the limits.
  public AuditLimits {
    if (quota < LEAST_QUOTA) {
      throw new IllegalArgumentException("the quota of the audit log must be at least 64 KiB");
    }
    if (files < 1 || files > MOST_FILES) {
      throw new IllegalArgumentException("the number of files is out of range");
    }
  }

  /// Creates limits with the usual number of files.
  public AuditLimits(long quota) {
    this(quota, USUAL_FILES);
  }
}
