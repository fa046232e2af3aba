package dev.testudo.shield;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.shield.relay.RelayLimits;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/// Tells when the shield has no descriptor left for what it is to do: what does not work, which
/// limit it is, and what to change. At most once a minute for each side. From any thread.
public final class Shortages {
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private static final String RAISE =
      "raise the limit of whoever starts the shield (ulimit -Hn, LimitNOFILE=, --ulimit nofile=)";

  private final ShieldEvents events;
  private final Map<Side, Long> told = new EnumMap<>(Side.class);

  /// What is short of descriptors.
  public enum Side {
    /// Peers on their way to the program.
    INBOUND,
    /// Connections of the program to its peers.
    OUTBOUND,
    /// A call of the program.
    CALL
  }

  public Shortages(ShieldEvents events) {
    this.events = events;
  }

  /// Whether `errno` says that descriptors are short; then it is told that `what` does not work.
  public boolean note(Side side, String what, int errno) {
    boolean isShort = isShortage(errno);
    if (isShort && isNews(side)) {
      events.on(new ShieldEvent.Shortage(what, errno == Errno.ENFILE ? ofMachine() : ofShield()));
    }
    return isShort;
  }

  /// All `connections` that a shield has at once are in use: tells that `what` does not work.
  public void noteFull(Side side, String what, int connections) {
    if (isNews(side)) {
      var all =
          "all %d protected connections are in use, each connect under way counted %d times"
              .formatted(connections, RelayLimits.CONNECTING);
      events.on(
          new ShieldEvent.Shortage(
              what,
              connections < RelayLimits.DEFAULT.connections()
                  ? "%s; %s descriptors are enough for no more; %s".formatted(all, limit(), RAISE)
                  : all + "; a shield has no more"));
    }
  }

  /// Whether an error is about too few descriptors, the process's own or the machine's.
  public static boolean isShortage(int errno) {
    return errno == Errno.EMFILE || errno == Errno.ENFILE;
  }

  private static String ofShield() {
    return "all %s descriptors that the shield may have are in use; %s".formatted(limit(), RAISE);
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
