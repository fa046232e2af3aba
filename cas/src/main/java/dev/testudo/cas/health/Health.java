package dev.testudo.cas.health;

import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The health of CAS. Components report when they start to fail and when they work again; each
/// change is logged once. Thread-safe.
public final class Health {
  private static final System.Logger LOG = System.getLogger(Health.class.getName());

  /// A cause of failure. Its text names it in the answer of `/healthz`.
  public enum Cause {
    /// The disk has no space for data that CAS must keep.
    DISK_FULL,
    /// The database fails for another reason.
    DATABASE_FAILED,
    /// The anchor of the audit log cannot be written, so no answer leaves.
    ANCHOR_FAILED,
    /// The copy of the audit log cannot be written. The log itself, in the database, is complete.
    AUDIT_FILE_BEHIND;

    /// Returns the name on the wire, such as `disk-full`.
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final Map<Cause, String> failing = new EnumMap<>(Cause.class);

  /// Creates a healthy state.
  public Health() {}

  /// Reports that `cause` has occurred; `what` says where and what to do.
  public synchronized void failing(Cause cause, String what) {
    if (failing.put(cause, what) == null) {
      LOG.log(Level.ERROR, "health={0} {1}", cause.text(), what);
    }
  }

  /// Reports that `cause` is over.
  public synchronized void works(Cause cause) {
    if (failing.remove(cause) != null) {
      LOG.log(Level.INFO, "health={0} is over", cause.text());
    }
  }

  /// Returns the current cause of failure, the worst if there are several.
  public synchronized Optional<Cause> cause() {
    return failing.keySet().stream().findFirst();
  }
}
