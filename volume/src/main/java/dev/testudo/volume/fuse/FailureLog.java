package dev.testudo.volume.fuse;

import dev.testudo.linux.fuse.FuseEnd;
import dev.testudo.linux.fuse.FuseListener;
import dev.testudo.linux.fuse.FuseOpcode;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// Reports each failure once. After [#MOST] different ones it is silent, so that a damaged volume
/// does not fill a log.
final class FailureLog implements FuseListener {
  static final int MOST = 100;

  private final VolumeEvents events;
  private final Set<String> reported = new HashSet<>();

  FailureLog(VolumeEvents events) {
    this.events = events;
  }

  @Override
  public void failed(FuseOpcode opcode, Exception reason) {
    // A defect has no message for people, so it needs its type.
    var said = reason instanceof RuntimeException ? reason.toString() : reason.getMessage();
    report(opcode.name().toLowerCase(Locale.ROOT) + ": " + said);
  }

  @Override
  public void malformed(String what) {
    report("the kernel sent a request that cannot be understood: " + what);
  }

  private void report(String what) {
    synchronized (reported) {
      if (reported.size() >= MOST || !reported.add(what)) {
        return;
      }
    }
    events.failed(what);
  }

  @Override
  public void ended(FuseEnd end) {
    events.ended(end);
  }
}
