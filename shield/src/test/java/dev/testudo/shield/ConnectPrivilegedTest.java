package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.sys.Errno;
import dev.testudo.shield.supervisor.socket.SocketWay;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ConnectPrivilegedTest {
  @TempDir Path directory;

  @Test
  void connectsWhereRulesAllowAndNowhereElse() throws Exception {
    try (var cage = new Cage(directory);
        var plain = new EchoServer();
        var refused = new EchoServer();
        var secured = new EchoServer()) {
      cage.decisions.plainConnect(plain.port()).securedConnect(secured.port());
      cage.python("basics.py", plain.port(), refused.port(), secured.port()).succeeds();
      assertEquals(0, refused.connections());
      assertEquals(1, plain.connections());
      assertEquals(1, secured.connections());
      assertEquals(1, cage.relay.started.get());
      var target = "127.0.0.1:" + refused.port();
      assertTrue(cage.events.contains(new ShieldEvent.Refused("connect", target, "", "no rule")));
    }
  }

  @Test
  void plainConnectsBehaveAsWithoutAShield() throws Exception {
    int closed = Ports.unused();
    try (var cage = new Cage(directory);
        var echo = new EchoServer()) {
      cage.decisions.plainByDefault();
      boolean dissolves = Support.socketWay() == SocketWay.DUPLICATE;
      cage.python("plain.py", echo.port(), closed, dissolves).succeeds();
      assertEquals(0, cage.relay.dials.get());
    }
  }

  @Test
  void aNonBlockingConnectBecomesReadyOnlyWhenThePeerIsAuthenticated() throws Exception {
    try (var cage = new Cage(directory);
        var server = new EchoServer()) {
      cage.relay.hold();
      cage.decisions.securedConnect(server.port());
      var program = cage.python("nonblocking.py", server.port());
      program.says("not ready");
      cage.relay.release();
      program.succeeds();
      assertEquals(1, cage.relay.dials.get());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.ECONNABORTED, Errno.ECONNREFUSED, Errno.ETIMEDOUT})
  void aFailedHandshakeReportsItsTrueError(int errno) throws Exception {
    try (var cage = new Cage(directory);
        var server = new EchoServer()) {
      cage.relay.handshakeError = errno;
      cage.relay.handshake = Duration.ofMillis(50);
      cage.decisions.securedConnect(server.port());
      cage.python("failing.py", server.port(), errno).succeeds();
      assertEquals(0, server.connections());
    }
  }

  @Test
  void aConnectionSurvivesForkDupPassingAndExec() throws Exception {
    try (var cage = new Cage(directory);
        var server = new EchoServer()) {
      cage.decisions.securedConnect(server.port());
      cage.python("sharing.py", server.port()).succeeds();
    }
  }

  static Stream<InetAddress> localAddresses() throws Exception {
    return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses);
  }

  /// Returns the address with a numeric scope, where it needs one. To look up an interface by name,
  /// the C library would need a datagram socket.
  private static String literal(InetAddress address) {
    var text = address.getHostAddress().replaceFirst("%.*", "");
    return address.isLinkLocalAddress() && address instanceof Inet6Address v6
        ? text + "%" + v6.getScopeId()
        : text;
  }

  @ParameterizedTest
  @MethodSource("localAddresses")
  void everyAddressOfTheMachineCanBeReachedPlainly(InetAddress address) throws Exception {
    try (var cage = new Cage(directory);
        var server = new EchoServer(address)) {
      cage.decisions.plainByDefault();
      cage.python("address.py", literal(address), server.port(), "plain").succeeds();
      assertEquals(0, cage.relay.dials.get());
    }
  }

  @ParameterizedTest
  @MethodSource("localAddresses")
  void everyAddressOfTheMachineCanBeReachedSecurely(InetAddress address) throws Exception {
    try (var cage = new Cage(directory);
        var server = new EchoServer(address)) {
      cage.decisions.securedConnect(server.port()).securedConnect(1);
      cage.python("address.py", literal(address), server.port(), "secured").succeeds();
      int carried = cage.relay.started.get();
      // A connect that was given up may still be accepted later.
      Eventually.holds(
          () -> server.connections() == carried + cage.relay.abandoned.size(),
          () -> server.connections() + " came, " + carried + " were carried");
    }
  }

  /// The listener's queue is full, so a plain connect waits until the kernel resends the SYN.
  @ParameterizedTest
  @ValueSource(strings = {"restart", "interrupt"})
  void signalsInterruptAPlainConnectThatWaits(String mode) throws Exception {
    try (var cage = new Cage(directory);
        var server = new BusyServer()) {
      cage.decisions.plainConnect(server.port());
      var program = cage.c("signals.c", "connect", mode, server.port());
      program.says("interrupted");
      server.serve();
      program.succeeds();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"restart", "interrupt"})
  void signalsInterruptABlockingConnect(String mode) throws Exception {
    try (var cage = new Cage(directory);
        var server = new EchoServer()) {
      cage.relay.hold();
      cage.decisions.securedConnect(server.port());
      var program = cage.c("signals.c", "connect", mode, server.port());
      program.says("interrupted");
      cage.relay.release();
      program.succeeds();
      assertEquals(1, cage.relay.dials.get());
    }
  }

  @Test
  void aThreadWithItsOwnDescriptorTableConnectsItsOwnSocket() throws Exception {
    try (var cage = new Cage(directory);
        var plain = new EchoServer();
        var secured = new EchoServer()) {
      cage.decisions.plainConnect(plain.port()).securedConnect(secured.port());
      cage.c("private_table.c", plain.port()).succeeds();
      cage.c("private_table.c", secured.port()).succeeds();
    }
  }

  @Test
  void racingThreadsConnectNothingForbidden() throws Exception {
    try (var cage = new Cage(directory);
        var allowed = new EchoServer();
        var forbidden = new EchoServer()) {
      cage.decisions.plainConnect(allowed.port());
      cage.c("races.c", 3, allowed.port(), forbidden.port()).succeeds();
      assertEquals(0, forbidden.connections());
    }
  }

  @Test
  void aProgramThatDiesWhileConnectingLeavesNothing() throws Exception {
    try (var cage = new Cage(directory);
        var server = new EchoServer()) {
      cage.relay.hold();
      cage.decisions.securedConnect(server.port());
      var program = cage.python("basics.py", server.port(), server.port(), server.port());
      Eventually.holds(() -> cage.relay.dials.get() > 0, program::text);
      program.kill();
      program.supervisor().awaitEnd();
      Eventually.holds(() -> cage.relay.cancelled.get() > 0, () -> "the dial goes on");
      assertEquals(1, cage.relay.cancelled.get());
    }
  }

  @Test
  void callsFailOnceTheSupervisorIsGone() throws Exception {
    try (var cage = new Cage(directory);
        var server = new EchoServer()) {
      cage.decisions.plainConnect(server.port());
      var program = cage.python("enosys.py", server.port());
      program.says("connected");
      program.supervisor().close();
      program.succeeds();
    }
  }
}
