package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.testudo.shield.tls.TestAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The ways in which servers listen, under one protected rule.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ServerSidePrivilegedTest {
  private final TestAuthority authority = new TestAuthority("authority");
  private final int port = Ports.unused();

  @TempDir Path directory;

  private Path orders = Path.of("/");

  @BeforeEach
  void noOrdersYet() throws Exception {
    orders = Files.createFile(directory.resolve("orders"));
  }

  @Test
  void workersShareAPortAndTheOthersTakeOverWhenOneDies() throws Exception {
    try (var server = server()) {
      var program = server.python("listeners.py", "workers", port, orders);
      program.says("one");
      program.says("two");
      program.says("three");
      assertEquals(Map.of("one", 10, "two", 10, "three", 10), heard(30));
      Files.writeString(orders, "close\n");
      program.says("closed");
      var after = heard(30);
      assertEquals(Set.of("two", "three"), after.keySet());
    }
  }

  private Map<String, Integer> heard(int connections) throws Exception {
    var counts = new TreeMap<String, Integer>();
    for (int i = 0; i < connections; i++) {
      counts.merge(hello("127.0.0.1"), 1, Integer::sum);
    }
    return counts;
  }

  private String hello(String address) throws Exception {
    try (var peer = new TlsPeer(authority, address, port)) {
      return peer.hear(8).strip();
    }
  }

  @Test
  void nobodyIsLostBehindAShortQueue() throws Exception {
    try (var server = server();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var program = server.python("listeners.py", "backlog", port, orders);
      program.says("listening");
      var connected = new CountDownLatch(2);
      var heard = new ArrayList<Future<String>>();
      for (int i = 0; i < 12; i++) {
        heard.add(threads.submit(() -> hearLate(connected)));
      }
      connected.await();
      Files.writeString(orders, "accept\n");
      for (var each : heard) {
        assertEquals("late", each.get());
      }
    }
  }

  private String hearLate(CountDownLatch connected) throws Exception {
    try (var peer = new TlsPeer(authority, "127.0.0.1", port)) {
      connected.countDown();
      return peer.hear(8).strip();
    }
  }

  @Test
  void onePortAtTwoAddresses() throws Exception {
    try (var server = server()) {
      server.python("listeners.py", "addresses", port).says("listening");
      assertEquals(
          List.of("first", "second", "first"),
          List.of(hello("127.0.0.1"), hello("127.0.0.2"), hello("127.0.0.1")));
    }
  }

  @Test
  void bothFamiliesApartOnOnePort() throws Exception {
    try (var server = server()) {
      server.python("listeners.py", "stacks", port).says("listening");
      assertEquals(
          List.of("four", "six", "four"),
          List.of(hello("127.0.0.1"), hello("::1"), hello("127.0.0.3")));
    }
  }

  @Test
  void bothFamiliesOnOneSocket() throws Exception {
    try (var server = server()) {
      server.python("listeners.py", "dual", port).says("listening");
      assertEquals(List.of("both", "both"), List.of(hello("127.0.0.1"), hello("::1")));
    }
  }

  @Test
  void aServerThatClosesAndListensAgainIsReachedAgain() throws Exception {
    try (var server = server()) {
      var program = server.python("listeners.py", "again", port);
      for (int i = 0; i < 20; i++) {
        program.says("listening " + i);
        assertEquals("" + i, hello("127.0.0.1"));
      }
      program.succeeds();
    }
  }

  @Test
  void aRestartedServerHasItsPortAgain() throws Exception {
    try (var server = server()) {
      var file = Path.of("src/test/resources/programs/listeners.py").toAbsolutePath();
      var one = "/usr/bin/python3 -u " + file + " again " + port;
      // The second takes over while connections of the first are still in TIME_WAIT.
      var program = server.start(List.of("/bin/sh", "-c", one + "; echo next; " + one));
      for (int i = 0; i < 40; i++) {
        int round = i;
        Eventually.holds(
            () -> program.text().lines().filter(l -> l.startsWith("listening")).count() > round,
            () -> program.text());
        assertEquals("" + i % 20, hello("127.0.0.1"));
      }
      program.succeeds();
      assertFalse(program.text().contains("Error"), program.text());
    }
  }

  private RealShield server() {
    return new RealShield(
        directory,
        Map.of(
            "SERVER_1",
            "protected",
            "SERVER_1_PORT",
            "TCP:" + port,
            "SERVER_1_IDENTITY",
            TestAuthority.pem(authority.issue("server")),
            "SERVER_1_CLIENT_AUTH",
            "disabled"));
  }
}
