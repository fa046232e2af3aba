package dev.testudo.shield.supervisor.context;

import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.UnixPath;
import dev.testudo.shield.ShieldEvent;
import dev.testudo.shield.ShieldEvents;
import dev.testudo.shield.Shortages;
import dev.testudo.shield.loop.Loop;
import dev.testudo.shield.rule.Verdict;
import dev.testudo.shield.supervisor.call.BlockingCalls;
import dev.testudo.shield.supervisor.socket.LocalView;
import dev.testudo.shield.supervisor.socket.SocketTable;
import dev.testudo.shield.supervisor.socket.UnixPeers;
import java.net.Inet4Address;

/// What all call handlers use.
///
/// @param hidden the loopback address of this shield's own sockets, random for each run. The
///     program's ends of protected listeners are bound there, and the program may not connect to it
public record Context(
    Loop loop,
    SocketTable table,
    UnixPeers peers,
    UnixPlaces places,
    Decisions decisions,
    SecureSide secureSide,
    LocalView view,
    BlockingCalls blockingCalls,
    ShieldEvents events,
    Shortages shortages,
    Inet4Address hidden) {

  /// Reports a connection or listener that is allowed without protection.
  public void passed(String operation, SocketAddress target, Verdict.Plain<?> verdict) {
    events.on(new ShieldEvent.Passed(operation, target, verdict.rule()));
  }

  /// Reports a socket whose protocol the shield cannot protect and no rule covers. Netlink requests
  /// and disconnects (`AF_UNSPEC`) are not reported, because they reach nobody.
  public void passedOther(byte[] address) {
    switch (SocketAddress.decode(address)) {
      case SocketAddress.Inet inet -> events.on(new ShieldEvent.Passed("datagram", inet, ""));
      case UnixPath path -> events.on(new ShieldEvent.Passed("datagram", path, ""));
      default -> {}
    }
  }

  /// Reports a refusal.
  public void refused(String operation, Object target, Verdict.Refused<?> verdict) {
    events.on(
        new ShieldEvent.Refused(operation, target.toString(), verdict.rule(), verdict.reason()));
  }
}
