package dev.testudo.shield.relay;

import dev.testudo.linux.sys.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Chooses the handshakes that must make room when a listener has as many as it may have. These are
/// the oldest handshakes that wait for their peer, at addresses that hold more than their share.
/// Addresses are not limited before that, because a proxy or a mesh node may well open a thousand
/// connections at once.
final class FairShare {
  /// How long a handshake may take while others wait for its place.
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final int ADDRESSES = 4;

  /// A handshake in progress.
  interface Place {
    /// Returns the peer's address and port.
    SocketAddress peer();

    /// Returns the time since the handshake began.
    Duration age();

    /// Returns whether the handshake waits for the peer.
    boolean awaitsPeer();
  }

  private FairShare() {}

  /// Returns the members of `taken` to be dropped; `places` is the limit.
  static <P extends Place> List<P> overdue(Collection<P> taken, int places) {
    int share = Math.max(places / ADDRESSES, 1);
    Map<Object, List<P>> byAddress = new HashMap<>();
    for (var place : taken) {
      byAddress.computeIfAbsent(address(place.peer()), _ -> new ArrayList<>()).add(place);
    }
    var overdue = new ArrayList<P>();
    for (var held : byAddress.values()) {
      held.stream()
          .filter(place -> place.awaitsPeer() && place.age().compareTo(PATIENCE) > 0)
          .sorted(Comparator.comparing(Place::age).reversed())
          .limit(Math.max(held.size() - share, 0))
          .forEach(overdue::add);
    }
    return overdue;
  }

  /// Returns what identifies the peer's machine.
  static Object address(SocketAddress peer) {
    return peer instanceof SocketAddress.Inet inet ? inet.address() : SocketAddress.AF_UNIX;
  }
}
