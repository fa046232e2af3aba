package dev.testudo.cas.health;

import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Whether CAS can do its work. Parts that notice a failure report it here and report its end; each
/// is logged once when it begins and once when it ends. Used by any thread.
public final class Health {
  private static final System.Logger LOG = System.getLogger(Health.class.getName());

  /// What can hinder CAS; its text names it in the answer of `/healthz`.
  public enum Cause {
    /// There is no space for what CAS has to keep.
    DISK_FULL,
    /// The database fails otherwise.
    DATABASE_FAILED,
    /// The copy of the audit log cannot be written; the log itself, in the database, is whole.
    AUDIT_FILE_BEHIND;

    /// The name on the wire: `disk-full`.
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final Map<Cause, String> failing = new EnumMap<>(Cause.class);

  /// Nothing fails.
  public Health() {}

  /// `cause` hinders CAS; `what` says where and what to do.
  public synchronized void failing(Cause cause, String what) {
    if (failing.put(cause, what) == null) {
      LOG.log(Level.ERROR, "health={0} {1}", cause.text(), what);
    }
  }

  /// `cause` does not hinder CAS any more.
  public synchronized void works(Cause cause) {
    if (failing.remove(cause) != null) {
      LOG.log(Level.INFO, "health={0} is over", cause.text());
    }
  }

  /// What hinders CAS; the worst if there are several.
  public synchronized Optional<Cause> cause() {
    return failing.keySet().stream().findFirst();
  }
}
