package dev.testudo.agent.single;

import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.shield.ShieldEvent;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What a program did on the network, each thing once.
final class Observed {
  /// More rules than that nobody reads.
  private static final int MOST = 1000;

  private final Set<SocketAddress> connected = new LinkedHashSet<>();
  private final Set<SocketAddress> listened = new LinkedHashSet<>();
  private final Set<SocketAddress> datagrams = new LinkedHashSet<>();
  private boolean tooMuch;

  /// Takes note of an event. From any thread; does not wait.
  synchronized void on(ShieldEvent event) {
    switch (event) {
      case ShieldEvent.Passed(var operation, var target, _) -> add(of(operation), target);
      case ShieldEvent.Listening(_, var address, _) -> add(listened, address);
      case ShieldEvent.Opened _,
          ShieldEvent.Closed _,
          ShieldEvent.Refused _,
          ShieldEvent.Shortage _ -> {}
    }
  }

  private Set<SocketAddress> of(String operation) {
    return switch (operation) {
      case "bind" -> listened;
      case "datagram" -> datagrams;
      default -> connected;
    };
  }

  private void add(Set<SocketAddress> to, SocketAddress address) {
    var one = address instanceof Inet inet ? inet.canonical() : address;
    if (to.size() < MOST) {
      to.add(one);
    } else {
      tooMuch |= !to.contains(one);
    }
  }

  /// Where it connected to, or tried to.
  synchronized List<SocketAddress> connected() {
    return List.copyOf(connected);
  }

  /// Where it listened, and Unix sockets it bound.
  synchronized List<SocketAddress> listened() {
    return List.copyOf(listened);
  }

  /// Peers and own addresses of sockets whose protocol cannot be protected. The C library's sorting
  /// of addresses connects such a socket to a destination without sending anything; those are left
  /// out.
  synchronized List<SocketAddress> datagrams() {
    return datagrams.stream()
        .filter(
            address ->
                !(address instanceof Inet inet
                    && (inet.port() == 0
                        || connected.stream()
                            .anyMatch(c -> c instanceof Inet tcp && tcp.port() == inet.port()))))
        .toList();
  }

  /// Whether there was more than is remembered.
  synchronized boolean tooMuch() {
    return tooMuch;
  }
}
