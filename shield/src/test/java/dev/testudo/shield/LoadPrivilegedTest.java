package dev.testudo.shield;

import static java.nio.file.StandardOpenOption.APPEND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.shield.ShieldProcess.Use;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Many connections at once and in sequence: nothing accumulates, and none hangs. The cost of a
/// connection is printed; only a leak fails.
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class LoadPrivilegedTest {
  private static final System.Logger LOG = System.getLogger(LoadPrivilegedTest.class.getName());

  /// After this many connections, a shield has loaded and compiled most of its code.
  private static final int WARM = 60;

  private static final long KIB = 1024;
  private static final long MIB = KIB * KIB;
  private static final long MOST_PER_CONNECTION = 16 * KIB;

  /// Buffers of the loops, and what the JVM loads late.
  private static final long MOST_HEAP_LEFT = 16 * MIB;

  /// Compiled code and the compiler's own memory, which vary.
  private static final long MOST_LEFT = 160 * MIB;

  /// Jars and devices that the JVM opens late.
  private static final int FEW_DESCRIPTORS = 16;

  /// Descriptors for everything else.
  private static final int RESERVE = 400;

  private final TwoSides sides = new TwoSides();

  @TempDir Path directory;

  @Test
  void idleConnectionsAndThenComingAndGoing() throws Exception {
    try (var pair = new Pair()) {
      idle(pair, 150);
      churn(pair, 3);
    }
  }

  @Tag("nightly")
  @Test
  void tenThousandIdleConnections() throws Exception {
    try (var pair = new Pair()) {
      idle(pair, Math.min(10_000, mostConnections()));
    }
  }

  /// Returns how many connections to make. A shield needs two descriptors for each, and the machine
  /// may limit them.
  private static int mostConnections() throws IOException {
    try (var limits = Files.lines(Path.of("/proc/self/limits"))) {
      var hard =
          limits
              .filter(line -> line.startsWith("Max open files"))
              .map(line -> line.split("\\s+")[4])
              .findFirst()
              .orElseThrow();
      int descriptors = hard.equals("unlimited") ? Integer.MAX_VALUE : Integer.parseInt(hard);
      return (descriptors - RESERVE) / 2;
    }
  }

  @Tag("nightly")
  @Test
  void aMinuteOfComingAndGoing() throws Exception {
    try (var pair = new Pair()) {
      churn(pair, 60);
    }
  }

  private static void idle(Pair pair, int count) throws Exception {
    var before = pair.warm();
    pair.order("open " + count, "open " + count);
    pair.order("echo", "echoed " + count);
    report(count, "server", before.server(), pair.server.measure());
    report(count, "client", before.client(), pair.client.measure());
    pair.order("echo", "echoed " + count);
    pair.order("close", "closed");
    pair.isAsBefore(before);
  }

  private static void report(int count, String side, Use before, Use now) {
    assertEquals(count, now.connections());
    long heap = (now.heap() - before.heap()) / count;
    long outside = (now.resident() - before.resident()) / count;
    LOG.log(
        System.Logger.Level.INFO,
        "%d idle connections, %s side: each %d bytes of heap and %d outside of it"
            .formatted(count, side, heap, outside));
    // Memory outside the heap is mostly the JVM's own, unless there are many connections.
    long most = MOST_HEAP_LEFT + count * MOST_PER_CONNECTION;
    assertTrue(now.heap() - before.heap() < most, heap + " bytes of heap");
  }

  private static void churn(Pair pair, int seconds) throws Exception {
    var before = pair.warm();
    long began = pair.cpuMillis();
    Files.writeString(pair.orders, "churn %d 1000%n".formatted(seconds), APPEND);
    Eventually.holdsWithin(
        Duration.ofSeconds(seconds + 300L), () -> pair.said("churned"), pair::text);
    var said = pair.text().lines().toList().getLast();
    LOG.log(
        System.Logger.Level.INFO,
        "%d s: %s; both shields: %d ms of CPU".formatted(seconds, said, pair.cpuMillis() - began));
    pair.isAsBefore(before);
    // No connection hangs.
    pair.order("open 5", "open 5");
    pair.order("echo", "echoed 5");
  }

  /// A server's shield and a client's.
  private final class Pair implements AutoCloseable {
    final ShieldProcess server;
    final ShieldProcess client;
    final Path orders = Files.createTempFile(directory, "orders", "");
    private final Path clientSays = Files.createTempFile(directory, "client", "");

    record Before(Use server, Use client) {}

    Pair() throws Exception {
      var serverSays = Files.createTempFile(directory, "server", "");
      var listens = TwoSides.python("many.py", "server", sides.port());
      server = new ShieldProcess(sides.serverRules(), serverSays, listens);
      Eventually.holds(
          () -> TwoSides.read(serverSays).contains("listening"), () -> TwoSides.read(serverSays));
      var connects = TwoSides.python("many.py", "client", sides.port(), orders);
      client = new ShieldProcess(sides.clientRules("127.0.0.1"), clientSays, connects);
    }

    long cpuMillis() {
      return server.cpuMillis() + client.cpuMillis();
    }

    Before warm() throws Exception {
      order("open " + WARM, "open " + WARM);
      order("close", "closed");
      Eventually.holds(
          () -> use(server).connections() == 0 && use(client).connections() == 0,
          () -> "connections stay: " + use(server) + use(client));
      return new Before(settled(server), settled(client));
    }

    /// Returns the lowest of several measurements, because the supervisor checks sockets twice
    /// a second.
    private static Use settled(ShieldProcess shield) throws Exception {
      var least = use(shield);
      for (int i = 0; i < 4; i++) {
        Thread.sleep(500);
        var now = use(shield);
        least = now.descriptors() <= least.descriptors() ? now : least;
      }
      return least;
    }

    void isAsBefore(Before before) throws Exception {
      isAsBefore(server, before.server);
      isAsBefore(client, before.client);
    }

    private static void isAsBefore(ShieldProcess shield, Use before) throws Exception {
      Eventually.holds(
          () -> {
            var now = use(shield);
            return now.connections() == 0
                && now.descriptors() <= before.descriptors() + FEW_DESCRIPTORS
                && now.heap() - before.heap() < MOST_HEAP_LEFT
                && now.resident() - before.resident() < MOST_LEFT;
          },
          () -> before + " became " + use(shield));
    }

    private static Use use(ShieldProcess shield) {
      try {
        return shield.measure();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    void order(String order, String answer) throws Exception {
      long seen = TwoSides.read(clientSays).lines().count();
      Files.writeString(orders, order + "\n", APPEND);
      Eventually.holdsWithin(
          Duration.ofMinutes(5),
          () -> TwoSides.read(clientSays).lines().skip(seen).anyMatch(answer::equals),
          () -> "no `" + answer + "`:\n" + text());
    }

    boolean said(String start) {
      return text().lines().anyMatch(line -> line.startsWith(start));
    }

    String text() {
      return TwoSides.read(clientSays);
    }

    @Override
    public void close() throws IOException {
      client.close();
      server.close();
    }
  }
}
