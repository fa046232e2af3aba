package dev.testudo.shield;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.shield.LocalNetwork.OwnAddress;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ListenPrivilegedTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "127.0.0.1, false",
    "0.0.0.0, true",
    "::, true",
    "::, false",
    "::1, true"
  })
  void aServerSeesItsRealPeersHoweverItAccepts(String address, boolean secured) throws Exception {
    int port = Ports.unused();
    try (var cage = cage(port, secured)) {
      var program = cage.python("server.py", address, port);
      program.says("listening");
      var host = address.equals("::1") ? "::1" : "127.0.0.1";
      exchange(program, "blocking", host, port);
      program.says("nobody yet");
      exchange(program, "select", host, port);
      exchange(program, "epoll", host, port);
      program.says("timed out");
      program.says("listening again");
      exchange(program, "again", host, port);
      program.succeeds();
      assertEquals(secured ? 4 : 0, cage.relay.started.get());
      var listening =
          cage.events.stream()
              .filter(ShieldEvent.Listening.class::isInstance)
              .map(ShieldEvent.Listening.class::cast)
              .toList();
      assertEquals(2, listening.size());
      assertEquals(secured, listening.getFirst().secured());
    }
  }

  private static void exchange(Cage.Running program, String how, String host, int port)
      throws Exception {
    try (var socket = new Socket(InetAddress.ofLiteral(host), port)) {
      socket.getOutputStream().write("hello".getBytes(UTF_8));
      assertEquals("hello", new String(socket.getInputStream().readNBytes(5), UTF_8));
      program.says("%s %s %d %d".formatted(how, host, socket.getLocalPort(), port));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"restart", "interrupt"})
  void signalsInterruptABlockingAccept(String mode) throws Exception {
    int port = Ports.unused();
    try (var cage = new Cage(directory)) {
      cage.decisions.securedListen(port);
      var program = cage.c("signals.c", "accept", mode, port);
      program.says("interrupted");
      try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
        socket.getOutputStream().write("hello".getBytes(UTF_8));
        program.succeeds();
      }
    }
  }

  @Test
  void strangersCannotReachTheProgramBehindItsPublicPort() throws Exception {
    int port = Ports.unused();
    try (var cage = new Cage(directory)) {
      cage.decisions.securedListen(port);
      var program = cage.python("server.py", "127.0.0.1", port);
      program.says("listening");
      var hidden = HiddenListeners.of(program.child().pid());
      assertEquals(1, hidden.size());
      try (var stranger = new Socket(hidden.getFirst().getAddress(), hidden.getFirst().getPort())) {
        stranger.getOutputStream().write("hello".getBytes(UTF_8));
        assertEquals(-1, read(stranger));
      }
      exchange(program, "blocking", "127.0.0.1", port);
      assertFalse(program.text().contains("blocking " + hidden.getFirst().getHostString()));
    }
  }

  private static int read(Socket socket) {
    try {
      return socket.getInputStream().read();
    } catch (IOException e) {
      return -1; // reset
    }
  }

  @Test
  void aPortIsFreeForTheNextProgramOnceTheFirstHasDied() throws Exception {
    int port = Ports.unused();
    try (var cage = new Cage(directory)) {
      cage.decisions.securedListen(port);
      for (int i = 0; i < 2; i++) {
        var program = cage.python("server.py", "127.0.0.1", port);
        program.says("listening");
        exchange(program, "blocking", "127.0.0.1", port);
        program.kill();
        program.supervisor().awaitEnd();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aConnectionThatCannotBeHandedOverIsNotLost(boolean secured) throws Exception {
    int port = Ports.unused();
    try (var cage = cage(port, secured)) {
      var program = cage.python("accept_pressure.py", port);
      program.says("listening");
      int before = descriptors();
      try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
        program.says("called in vain");
        // A thousand times.
        int more = descriptors() - before;
        assertTrue(more < 100, () -> more + " descriptors more");
        socket.getOutputStream().write("hello".getBytes(UTF_8));
        assertEquals("hello", new String(socket.getInputStream().readNBytes(5), UTF_8));
      }
      program.succeeds();
    }
  }

  private static int descriptors() {
    return Path.of("/proc/self/fd").toFile().list().length;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anInterruptedAcceptDoesNotKeepThePort(boolean secured) throws Exception {
    int port = Ports.unused();
    try (var cage = cage(port, secured)) {
      cage.c("interrupted_accept.c", port).succeeds();
    }
  }

  @Test
  void workersShareAProtectedPort() throws Exception {
    int port = Ports.unused();
    try (var cage = cage(port, true)) {
      var program = cage.python("workers.py", port);
      program.says("one");
      program.says("two");
      var heard = new ArrayList<String>();
      for (int i = 0; i < 4; i++) {
        heard.add(hello("127.0.0.1", port));
      }
      program.succeeds();
      assertEquals(2, heard.stream().filter("child"::equals).count());
      assertEquals(2, heard.stream().filter("parent"::equals).count());
    }
  }

  private Cage cage(int port, boolean secured) {
    var cage = new Cage(directory);
    if (secured) {
      cage.decisions.securedListen(port);
    } else {
      cage.decisions.plainListen(port);
    }
    return cage;
  }

  @Test
  void listeningWithoutARuleIsRefusedAndNothingListens() throws Exception {
    int port = Ports.unused();
    try (var cage = new Cage(directory)) {
      var program = cage.python("refused_listen.py", port);
      program.succeeds();
      assertTrue(
          cage.events.contains(
              new ShieldEvent.Refused("bind", "127.0.0.1:" + port, "", "no rule")));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void servicesWithTheSamePortLiveSideBySide(boolean secured) throws Exception {
    int port = Ports.unused();
    try (var one = relocated("127.77.1.2", port, secured);
        var two = relocated("127.77.1.3", port, secured)) {
      int portOfBoth = Ports.unused();
      var first = one.python("relocated.py", "127.77.1.2", port, portOfBoth, "one");
      var second = two.python("relocated.py", "127.77.1.3", port, portOfBoth, "two");
      first.says("listening");
      second.says("listening");
      assertEquals("one", hello("127.77.1.2", port));
      assertEquals("two", hello("127.77.1.3", port));
      first.succeeds();
      second.succeeds();
    }
  }

  private Cage relocated(String address, int port, boolean secured) throws IOException {
    var own = (Inet4Address) InetAddress.ofLiteral(address);
    var cage = new Cage(directory, new OwnAddress(own), false);
    cage.decisions.plainByDefault();
    if (secured) {
      cage.decisions.securedListen(port);
    }
    return cage;
  }

  private static String hello(String address, int port) throws IOException {
    try (var socket = new Socket(InetAddress.ofLiteral(address), port)) {
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
