package dev.testudo.cas.http;

import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.refusal.RefusalId;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Logs one line per refusal, at a limited rate, so that a flood of refusals cannot flood the log.
final class RefusalLog {
  private static final System.Logger LOG = System.getLogger(RefusalLog.class.getName());
  private static final int MOST_PER_SECOND = 20;
  private final LongSupplier nanoTime;
  private long second;
  private int lines;
  private long left;

  RefusalLog(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.second = nanoTime.getAsLong();
  }

  void refused(RefusalId id, String method, Caller caller, String reason) {
    if (!isRoom()) {
      return;
    }
    LOG.log(
        Level.INFO,
        "refused={0} method={1} {2} reason=\"{3}\"",
        id.text(),
        method,
        caller,
        reason.length() > 300 ? reason.substring(0, 300) + "…" : reason);
  }

  private synchronized boolean isRoom() {
    var now = nanoTime.getAsLong();
    if (now - second >= TimeUnit.SECONDS.toNanos(1)) {
      if (left > 0) {
        LOG.log(Level.INFO, "refused={0} more; the rate limit dropped their lines", left);
      }
      second = now;
      lines = 0;
      left = 0;
    }
    if (lines >= MOST_PER_SECOND) {
      left++;
      return false;
    }
    lines++;
    return true;
  }
}
