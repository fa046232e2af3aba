package dev.testudo.shield.relay;

import dev.testudo.linux.sys.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Who must give way when all places for handshakes of a listener are taken: an address that holds
/// more than its share, and there the oldest handshakes that wait for their peer. Addresses are not
/// limited before that, because a proxy or a node of a mesh may well connect a thousand times at
/// once.
final class FairShare {
  /// How long a handshake may take when others wait for its place.
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final int ADDRESSES = 4;

  /// One handshake under way.
  interface Place {
    /// The peer's address and port.
    SocketAddress peer();

    /// How long it has lasted.
    Duration age();

    /// Whether it is the peer's turn.
    boolean awaitsPeer();
  }

  private FairShare() {}

  /// Those of `taken` to be dropped, when `places` are all there are.
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

  /// What tells one peer's machine from another's.
  static Object address(SocketAddress peer) {
    return peer instanceof SocketAddress.Inet inet ? inet.address() : SocketAddress.AF_UNIX;
  }
}
