package dev.testudo.shield.supervisor.context;

import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.UnixPath;
import dev.testudo.shield.Reports;
import dev.testudo.shield.ShieldEvent;
import dev.testudo.shield.loop.Loop;
import dev.testudo.shield.rule.Verdict;
import dev.testudo.shield.supervisor.call.BlockingCalls;

/// What all call handlers use.
public record Context(
    Loop loop,
    BlockingCalls blockingCalls,
    ProgramSockets sockets,
    Decisions decisions,
    SecureSide secureSide,
    Reports reports) {

  /// Reports a connection or listener that is allowed without protection.
  public void passed(String operation, SocketAddress target, Verdict.Plain<?> verdict) {
    reports.events().on(new ShieldEvent.Passed(operation, target, verdict.rule()));
  }

  /// Reports a socket whose protocol the shield cannot protect and no rule covers. Netlink requests
  /// and disconnects (`AF_UNSPEC`) are not reported, because they reach nobody.
  public void passedOther(byte[] address) {
    switch (SocketAddress.decode(address)) {
      case SocketAddress.Inet inet ->
          reports.events().on(new ShieldEvent.Passed("datagram", inet, ""));
      case UnixPath path -> reports.events().on(new ShieldEvent.Passed("datagram", path, ""));
      default -> {}
    }
  }

  /// Reports a refusal.
  public void refused(String operation, Object target, Verdict.Refused<?> verdict) {
    reports
        .events()
        .on(
            new ShieldEvent.Refused(
                operation, target.toString(), verdict.rule(), verdict.reason()));
  }
}
