package dev.testudo.shield.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.RealShield;
import dev.testudo.shield.ShieldEvent.Closed;
import dev.testudo.shield.ShieldEvent.Opened;
import dev.testudo.shield.rule.Alpn;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.shield.tls.TlsLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What two programs see of each other through two shields.
@Timeout(600)
@ParameterizedClass
@EnumSource(TlsLibrary.class)
final class RelayTest {
  private final TlsLibrary library;
  private final long seed = Long.getLong("seed", System.nanoTime());
  private Shields shields;
  private Shields.Server server;

  RelayTest(TlsLibrary library) {
    this.library = library;
  }

  @BeforeEach
  void start() throws IOException {
    shields = new Shields(library);
    server = shields.server();
  }

  @AfterEach
  void stop() {
    server.close();
    shields.close();
  }

  /// Both programs of one connection.
  private record Pair(Socket client, Socket service) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      client.close();
      service.close();
    }
  }

  private Pair connect() throws InterruptedException {
    var client = shields.connect(server.port);
    return new Pair(client, server.next());
  }

  @Test
  void theServiceMaySpeakFirst() throws Exception {
    try (var pair = connect()) {
      pair.service().getOutputStream().write("220 ready".getBytes(UTF_8));
      assertEquals("220 ready", text(pair.client(), 9));
    }
  }

  /// FTP clients do this: `ABOR` follows the interrupt and synch signals of Telnet (RFC 959).
  @Test
  void whatFollowsUrgentDataArrivesAtOnce() throws Exception {
    try (var pair = connect()) {
      var program = pair.client().getOutputStream();
      pair.client().setTcpNoDelay(true);
      for (var round = 0; round < 300; round++) {
        program.write("ip".getBytes(UTF_8));
        pair.client().sendUrgentData('!');
        program.write("ABOR".getBytes(UTF_8));
        assertEquals("ipABOR", text(pair.service(), 6), "round " + round);
      }
    }
  }

  @Test
  void everyByteArrivesInOrderBothWaysOnManyConnections() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var work = new ArrayList<Future<?>>();
      for (int i = 0; i < 64; i++) {
        try {
          work.addAll(transfers(threads, connect(), seed + i));
        } catch (AssertionError e) {
          throw new AssertionError("connection " + i + ", seed " + seed, e);
        }
      }
      for (var one : work) {
        one.get();
      }
    }
    for (int i = 0; i < 128; i++) {
      var closed = shields.event(Closed.class);
      assertTrue(RealShield.ENDED_WELL.contains(closed.reason()), closed.reason());
    }
  }

  private static List<Future<?>> transfers(ExecutorService threads, Pair pair, long seed) {
    return List.of(
        threads.submit(() -> send(pair.client(), seed)),
        threads.submit(() -> receive(pair.service(), seed)),
        threads.submit(() -> send(pair.service(), ~seed)),
        threads.submit(() -> receive(pair.client(), ~seed)));
  }

  private static Void send(Socket socket, long seed) throws IOException {
    var random = new Random(seed);
    for (int i = 0; i < 20; i++) {
      var bytes = new byte[1 + random.nextInt(i % 4 == 0 ? 300_000 : 2_000)];
      random.nextBytes(bytes);
      socket.getOutputStream().write(bytes);
    }
    socket.shutdownOutput();
    return null;
  }

  private static Void receive(Socket socket, long seed) throws IOException {
    var random = new Random(seed);
    for (int i = 0; i < 20; i++) {
      var expected = new byte[1 + random.nextInt(i % 4 == 0 ? 300_000 : 2_000)];
      random.nextBytes(expected);
      var actual = socket.getInputStream().readNBytes(expected.length);
      assertTrue(Arrays.equals(expected, actual), "piece " + i + " differs, seed " + seed);
    }
    assertEquals(-1, socket.getInputStream().read());
    return null;
  }

  @Test
  void theClientMayFinishFirstAndStillRead() throws Exception {
    try (var pair = connect()) {
      finishesFirst(pair.client(), pair.service());
    }
    assertEquals(
        "closed by the program",
        shields.event(Closed.class, c -> !c.connection().isInbound()).reason());
  }

  @Test
  void theServiceMayFinishFirstAndStillRead() throws Exception {
    try (var pair = connect()) {
      finishesFirst(pair.service(), pair.client());
    }
    assertEquals(
        "closed by the peer",
        shields.event(Closed.class, c -> !c.connection().isInbound()).reason());
  }

  private static void finishesFirst(Socket one, Socket other) throws IOException {
    one.getOutputStream().write("question".getBytes(UTF_8));
    one.shutdownOutput();
    assertEquals("question", new String(other.getInputStream().readAllBytes(), UTF_8));
    for (int i = 0; i < 100; i++) {
      other.getOutputStream().write(new byte[10_000]);
    }
    other.shutdownOutput();
    assertEquals(1_000_000, one.getInputStream().readAllBytes().length);
  }

  @Test
  void aResetByOneProgramIsAResetForTheOther() throws Exception {
    try (var pair = connect()) {
      pair.client().getOutputStream().write(1);
      assertEquals(1, pair.service().getInputStream().read());
      pair.client().setSoLinger(true, 0);
      pair.client().close();
      assertThrows(SocketException.class, () -> pair.service().getInputStream().read());
      assertEquals(
          "reset by the program (ECONNRESET)",
          shields.event(Closed.class, c -> !c.connection().isInbound()).reason());
    }
  }

  @Test
  void aResetAfterFinishingIsNoticedToo() throws Exception {
    try (var pair = connect()) {
      pair.client().shutdownOutput();
      assertEquals(-1, pair.service().getInputStream().read());
      pair.client().setSoLinger(true, 0);
      pair.client().close();
      assertThrows(
          SocketException.class,
          () -> {
            long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
            while (System.nanoTime() < until) {
              pair.service().getOutputStream().write(new byte[1_000]);
              Thread.sleep(1);
            }
          });
    }
  }

  @Test
  void aSlowReaderStopsTheWriterAndLosesNothing() throws Exception {
    try (var pair = connect()) {
      var written = new AtomicLong();
      var writer = Thread.ofVirtual().start(() -> flood(pair.client(), written));
      long stuck = awaitStandstill(written);
      // Four socket buffers and a portion per leg, not the 100 MB that it wants to write.
      assertTrue(stuck < 40_000_000, stuck + " bytes were taken from the writer");
      long read = drain(pair.service().getInputStream());
      writer.join();
      assertEquals(100_000_000, read);
    }
    assertEquals(
        100_000_000, shields.event(Closed.class, c -> c.connection().isInbound()).traffic().in());
  }

  private static void flood(Socket socket, AtomicLong written) {
    try {
      var chunk = new byte[100_000];
      for (int i = 0; i < 1_000; i++) {
        socket.getOutputStream().write(chunk);
        written.addAndGet(chunk.length);
      }
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Returns once `written` has not changed during ten checks. After fewer, the writer may just not
  /// have run on a busy machine.
  static long awaitStandstill(AtomicLong written) throws InterruptedException {
    long before = 0;
    for (int same = 0; same < 10; Thread.sleep(100)) {
      long now = written.get();
      same = now == before && now > 0 ? same + 1 : 0;
      before = now;
    }
    return before;
  }

  private static long drain(InputStream in) throws IOException {
    var buffer = new byte[65536];
    long total = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      total += n;
    }
    return total;
  }

  @Test
  void aBusyConnectionDoesNotHoldUpAQuietOne() throws Exception {
    try (var busy = connect();
        var quiet = connect()) {
      var written = new AtomicLong();
      var writer = Thread.ofVirtual().start(() -> flood(busy.client(), written));
      var reader = Thread.ofVirtual().start(() -> drainQuietly(busy.service()));
      for (int i = 0; i < 20; i++) {
        quiet.client().getOutputStream().write(i);
        assertEquals(i, quiet.service().getInputStream().read());
      }
      writer.join();
      reader.join();
    }
  }

  private static void drainQuietly(Socket socket) {
    try {
      drain(socket.getInputStream());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void eventsTellWhoAndHowMuch() throws Exception {
    long began = System.nanoTime();
    try (var pair = connect()) {
      pair.client().getOutputStream().write(new byte[10]);
      assertEquals(10, pair.service().getInputStream().readNBytes(10).length);
      pair.service().getOutputStream().write(new byte[3]);
      assertEquals(3, pair.client().getInputStream().readNBytes(3).length);
    }
    var opened = shields.event(Opened.class, o -> !o.connection().isInbound()).connection();
    assertEquals("CLIENT_1", opened.rule());
    assertEquals(Optional.of("redis"), opened.peerName());
    assertEquals(shields.at(server.port).toString(), opened.peer());
    var closed = shields.event(Closed.class, c -> !c.connection().isInbound());
    assertEquals(opened.id(), closed.connection().id());
    assertEquals(3, closed.traffic().in());
    assertEquals(10, closed.traffic().out());
    assertTrue(closed.duration().toNanos() <= System.nanoTime() - began);
  }

  @Test
  void stoppingTheShieldResetsConnections() throws Exception {
    try (var pair = connect()) {
      // Data has passed, so both ends are fully open.
      pair.service().getOutputStream().write(1);
      assertEquals(1, pair.client().getInputStream().read());
      shields.close();
      assertThrows(SocketException.class, () -> pair.client().getInputStream().read());
      shields.event(Closed.class, closed -> closed.reason().equals("the shield stops"));
    }
  }

  @Test
  void unixSocketsAreCarriedToo(@TempDir Path directory) throws Exception {
    var path = directory.resolve("socket").toString();
    var fd = Sockets.socket(SocketAddress.AF_UNIX, Sockets.SOCK_STREAM, 0);
    var at = new SocketAddress.UnixPath(path);
    Sockets.bind(fd, at);
    Sockets.listen(fd, 8);
    var alpn = Alpn.unix(path, List.of());
    var tls = new ServerTls("SERVER_u", alpn, shields.identity, shields.authority.trust());
    var me = Optional.of(shields.identity);
    try (var unix = shields.new Server(tls, fd);
        var client =
            shields.connect(at, shields.client(alpn, me, "redis", shields.authority.trust()))) {
      client.getOutputStream().write(5);
      assertEquals(5, unix.next().getInputStream().read());
      assertEquals(
          at.toString(),
          shields.event(Opened.class, o -> !o.connection().isInbound()).connection().peer());
    }
  }

  @Test
  void nothingIsWrittenInClear() throws Exception {
    // The peer is a plain socket that records what the shield sends before it gets an answer.
    try (var recorder = new java.net.ServerSocket(0)) {
      var dialed = new ArrayList<String>();
      var thread =
          Thread.ofVirtual()
              .start(
                  () ->
                      dialed.add(
                          shields.refused(recorder.getLocalPort(), shields.client(1)).reason()));
      try (var peer = recorder.accept()) {
        var hello = new byte[4096];
        int length = peer.getInputStream().read(hello);
        assertTrue(length > 5 && hello[0] == 22, "a TLS handshake record");
        peer.getOutputStream().write("+OK\r\n".getBytes(UTF_8));
        thread.join();
        assertEquals("peer does not speak TLS", dialed.getFirst());
      }
    }
  }

  private static String text(Socket socket, int length) throws IOException {
    return new String(socket.getInputStream().readNBytes(length), UTF_8);
  }

  @Test
  void aConnectionThatNobodyTakesIsClosed() throws Exception {
    var limits =
        new RelayLimits(
            10, 10, Duration.ofSeconds(3), Duration.ofSeconds(3), Duration.ofMinutes(1));
    try (var hasty = new Shields(library, limits);
        var listener = hasty.server()) {
      var dialed = hasty.dial(listener.port, hasty.client(listener.port));
      assertTrue(dialed instanceof Shields.Dialed.Connected);
      var service = listener.next();
      assertThrows(SocketException.class, () -> service.getInputStream().read());
    }
  }

  @Test
  void aHalfClosedConnectionWithoutTrafficEnds() throws Exception {
    var limits =
        new RelayLimits(
            10, 10, Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofMillis(300));
    try (var hasty = new Shields(library, limits);
        var listener = hasty.server();
        var client = hasty.connect(listener.port)) {
      client.shutdownOutput();
      assertThrows(SocketException.class, () -> client.getInputStream().read());
      hasty.event(
          Closed.class,
          closed -> closed.reason().equals("half-closed and without traffic for PT0.3S"));
    }
  }

  @Test
  void moreConnectionsThanTheLimitWaitOrFail() throws Exception {
    var limits =
        new RelayLimits(
            6, 4, Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofMinutes(1));
    try (var small = new Shields(library, limits);
        var listener = small.server();
        var _ = small.connect(listener.port)) {
      // Each takes two places, because both ends are here, and two more while it connects.
      try (var _ = small.connect(listener.port)) {
        var refused = small.refused(listener.port, small.client(listener.port));
        assertEquals("all connections of the shield are in use", refused.reason());
        listener.next();
        listener.next().close();
      }
      small.event(Closed.class);
      small.event(Closed.class);
      try (var third = small.connect(listener.port)) {
        third.getOutputStream().write(3);
        assertEquals(3, listener.next().getInputStream().read());
      }
    }
  }
}
