package dev.testudo.shield.option;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Sockets;
import java.util.Arrays;
import java.util.EnumMap;

/// The options of sockets to peers: those of the program's own sockets behind which they stand.
public final class OuterOptions {
  private static final int IDLE_SECONDS = 300;
  private static final int INTERVAL_SECONDS = 60;
  private static final int PROBES = 5;

  private OuterOptions() {}

  /// Sets up a fresh TCP socket to peers, or one whose connections will be such, like `program`.
  public static void carry(Fd program, Fd outer) throws ErrnoException {
    // What the program has not changed is alike on both, whatever it is.
    var changed = new EnumMap<CarriedOption, byte[]>(CarriedOption.class);
    for (var option : CarriedOption.values()) {
      var wanted = option.read(program);
      var own = option.read(outer);
      boolean same = own.isPresent() && Arrays.equals(wanted.orElse(own.get()), own.get());
      if (wanted.isPresent() && !same) {
        changed.put(option, wanted.get());
      }
    }
    tune(outer);
    // We want to be told of a peer that is gone anyway; when the program does too, its times count.
    changed.remove(CarriedOption.SO_KEEPALIVE);
    if (Sockets.getsockopt(program, Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE) == 0) {
      changed.keySet().removeIf(CarriedOption::timesKeepalive);
    }
    for (var change : changed.entrySet()) {
      change.getKey().copy(outer, change.getValue());
    }
  }

  /// The program has set `option` of a socket behind which `outer` stands. `EINVAL` and the like as
  /// the kernel says.
  public static void set(Fd outer, CarriedOption option, byte[] value) throws ErrnoException {
    option.write(outer, value);
    if (option == CarriedOption.SO_KEEPALIVE) {
      boolean off = Sockets.getsockopt(outer, Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE) == 0;
      if (off) {
        probe(outer);
      }
    }
  }

  /// Sets up a TCP socket to peers, or one whose connections will be such: every segment goes out
  /// at once, and a peer that vanished without a word is noticed after ten minutes.
  public static void tune(Fd outer) throws ErrnoException {
    Sockets.setsockopt(outer, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1);
    probe(outer);
  }

  private static void probe(Fd outer) throws ErrnoException {
    Sockets.setsockopt(outer, Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE, 1);
    Sockets.setsockopt(outer, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPIDLE, IDLE_SECONDS);
    Sockets.setsockopt(outer, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPINTVL, INTERVAL_SECONDS);
    Sockets.setsockopt(outer, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPCNT, PROBES);
  }
}
