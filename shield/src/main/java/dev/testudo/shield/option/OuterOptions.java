package dev.testudo.shield.option;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Sockets;
import java.util.Arrays;
import java.util.EnumMap;

/// Sets the options of sockets to peers. They follow the options of the program's sockets that they
/// stand in for.
public final class OuterOptions {
  private static final int IDLE_SECONDS = 300;
  private static final int INTERVAL_SECONDS = 60;
  private static final int PROBES = 5;

  private OuterOptions() {}

  /// Copies the program's options to `outer`, a fresh TCP socket to a peer or a listening socket
  /// that peers connect to.
  public static void carry(Fd program, Fd outer) throws ErrnoException {
    // An option that the program has not changed has the same value on both sockets.
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
    // Keepalive stays on so that the shield notices a dead peer. If the program turned it on too,
    // the program's times apply.
    changed.remove(CarriedOption.SO_KEEPALIVE);
    if (Sockets.getsockopt(program, Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE) == 0) {
      changed.keySet().removeIf(CarriedOption::timesKeepalive);
    }
    for (var change : changed.entrySet()) {
      change.getKey().copy(outer, change.getValue());
    }
  }

  /// Sets `option` on `outer` after the program set it on the socket that `outer` stands in for.
  ///
  /// @throws ErrnoException the kernel's error, for example `EINVAL`
  public static void set(Fd outer, CarriedOption option, byte[] value) throws ErrnoException {
    option.write(outer, value);
    if (option == CarriedOption.SO_KEEPALIVE) {
      boolean off = Sockets.getsockopt(outer, Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE) == 0;
      if (off) {
        probe(outer);
      }
    }
  }

  /// Sets up a TCP socket to a peer, or a listening socket that peers connect to: segments are sent
  /// at once (`TCP_NODELAY`), and keepalive detects a dead peer after ten minutes.
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
