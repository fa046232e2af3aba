package dev.testudo.agent.single;

import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.shield.ShieldEvent;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What a program did on the network, each thing once.
final class Observed {
  /// The maximum number of entries. Nobody would read more rules.
  private static final int MOST = 1000;

  private final Set<SocketAddress> connected = new LinkedHashSet<>();
  private final Set<SocketAddress> listened = new LinkedHashSet<>();
  private final Set<SocketAddress> datagrams = new LinkedHashSet<>();
  private boolean tooMuch;

  /// Records an event. Safe to call from any thread; never blocks.
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

  /// Returns the addresses that it connected to, or tried to.
  synchronized List<SocketAddress> connected() {
    return List.copyOf(connected);
  }

  /// Returns the addresses at which it listened, and the Unix sockets that it bound.
  synchronized List<SocketAddress> listened() {
    return List.copyOf(listened);
  }

  /// Returns the peers and own addresses of sockets whose protocol cannot be protected. When the C
  /// library sorts addresses, it connects such a socket to a destination without sending anything;
  /// those addresses are omitted.
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

  /// Returns whether there was more than was recorded.
  synchronized boolean tooMuch() {
    return tooMuch;
  }
}
