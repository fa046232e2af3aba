package dev.testudo.shield;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.shield.relay.RelayLimits;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/// Reports that the shield has run out of descriptors: what does not work, which limit is reached,
/// and how to raise it. Reports at most once a minute per [Side]. Safe for use by multiple threads.
public final class Shortages {
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private static final String RAISE =
      "raise the descriptor limit of the process that starts the shield"
          + " (ulimit -Hn, LimitNOFILE=, --ulimit nofile=)";

  private final ShieldEvents events;
  private final Map<Side, Long> told = new EnumMap<>(Side.class);

  /// The side that needs descriptors.
  public enum Side {
    /// Connections from peers to the program.
    INBOUND,
    /// Connections from the program to peers.
    OUTBOUND,
    /// A call of the program.
    CALL
  }

  public Shortages(ShieldEvents events) {
    this.events = events;
  }

  /// Returns whether `errno` means a lack of descriptors, and reports that `what` does not work
  /// if so.
  public boolean note(Side side, String what, int errno) {
    boolean isShort = isShortage(errno);
    if (isShort && isNews(side)) {
      events.on(new ShieldEvent.Shortage(what, errno == Errno.ENFILE ? ofMachine() : ofShield()));
    }
    return isShort;
  }

  /// Reports that `what` does not work because all `connections` of the shield are in use.
  public void noteFull(Side side, String what, int connections) {
    if (isNews(side)) {
      var all =
          "all %d protected connections are in use (a connect in progress counts %d times)"
              .formatted(connections, RelayLimits.CONNECTING);
      events.on(
          new ShieldEvent.Shortage(
              what,
              connections < RelayLimits.DEFAULT.connections()
                  ? "%s; %s descriptors allow no more; %s".formatted(all, limit(), RAISE)
                  : all + "; this is the maximum of a shield"));
    }
  }

  /// Returns whether `errno` means a lack of descriptors, in this process or on the machine.
  public static boolean isShortage(int errno) {
    return errno == Errno.EMFILE || errno == Errno.ENFILE;
  }

  private static String ofShield() {
    return "all %s descriptors of the shield are in use; %s".formatted(limit(), RAISE);
  }

  private static String ofMachine() {
    return "the machine has no descriptors left; raise fs.file-max";
  }

  private static String limit() {
    try {
      return String.valueOf(Fd.limit());
    } catch (ErrnoException e) {
      return "the";
    }
  }

  private boolean isNews(Side side) {
    long now = System.nanoTime();
    synchronized (told) {
      var last = told.get(side);
      boolean news = last == null || now - last > PAUSE.toNanos();
      if (news) {
        told.put(side, now);
      }
      return news;
    }
  }
}
