package dev.testudo.shield.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.shield.ShieldEvent.Closed;
import dev.testudo.shield.ShieldEvent.Refused;
import dev.testudo.shield.tls.TlsEngine;
import dev.testudo.shield.tls.TlsFailure;
import dev.testudo.shield.tls.TlsLibrary;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Peers that send arbitrary data. After each, a proper client must still get through.
@Timeout(600)
@ParameterizedClass
@EnumSource(TlsLibrary.class)
final class HostilePeerTest {
  private final TlsLibrary library;
  private static final RelayLimits LIMITS =
      new RelayLimits(100, 8, Duration.ofSeconds(3), Duration.ofSeconds(3), Duration.ofMinutes(1));

  private final long seed = Long.getLong("seed", System.nanoTime());
  private Shields shields;
  private Shields.Server server;

  HostilePeerTest(TlsLibrary library) {
    this.library = library;
  }

  @BeforeEach
  void start() throws IOException {
    shields = new Shields(library, LIMITS);
    server = shields.server();
  }

  @AfterEach
  void stop() throws Exception {
    try (var client = shields.connect(server.port);
        var program = server.next()) {
      client.getOutputStream().write(1);
      assertEquals(1, program.getInputStream().read());
    } finally {
      server.close();
      shields.close();
    }
  }

  @Test
  void plainTextIsRecognized() throws Exception {
    try (var peer = shields.raw(server.port)) {
      peer.getOutputStream().write("*1\r\n$4\r\nPING\r\n".getBytes(UTF_8));
      readToEnd(peer);
    }
    assertEquals("peer does not speak TLS", shields.event(Refused.class).reason());
  }

  @Test
  void aProbeThatSendsNothingIsNotReported() throws Exception {
    for (int i = 0; i < 8; i++) {
      shields.raw(server.port).close();
    }
    // The next refusal must be of the later peer, because none before it was reported.
    try (var peer = shields.raw(server.port)) {
      peer.getOutputStream().write("*1\r\n$4\r\nPING\r\n".getBytes(UTF_8));
      readToEnd(peer);
    }
    var told = shields.events.poll(60, TimeUnit.SECONDS);
    assertEquals("peer does not speak TLS", assertInstanceOf(Refused.class, told).reason());
    assertTrue(shields.events.isEmpty(), shields.events.toString());
  }

  @Test
  void aPeerThatSaysNothingIsCutOffAtTheDeadline() throws Exception {
    try (var peer = shields.raw(server.port)) {
      // Long before this read would time out.
      assertEquals(-1, peer.getInputStream().read());
    }
  }

  @Test
  void aHandshakeByteByByteIsCutOffAtTheDeadline() throws Exception {
    try (var peer = shields.raw(server.port)) {
      var hello = clientHello();
      sendSlowly(peer, hello, Duration.ofMillis(50));
    }
    var reason = shields.event(Refused.class).reason();
    assertEquals("the TLS handshake took longer than 3000 ms", reason);
  }

  private static void sendSlowly(Socket peer, byte[] bytes, Duration pause)
      throws InterruptedException {
    try {
      for (byte one : bytes) {
        peer.getOutputStream().write(one);
        Thread.sleep(pause);
      }
    } catch (IOException _) {
      // Cut off, as expected.
    }
  }

  @Test
  void aClientHelloInManyPiecesIsUnderstood() throws Exception {
    try (var peer = shields.raw(server.port)) {
      for (byte one : clientHello()) {
        peer.getOutputStream().write(one);
      }
      assertEquals(22, peer.getInputStream().read());
    }
  }

  @Test
  void randomBytesAfterARecordHeaderDoNoHarm() throws Exception {
    var random = new Random(seed);
    for (int i = 0; i < 100; i++) {
      var garbage = new byte[random.nextInt(40_000)];
      random.nextBytes(garbage);
      garbage = prefixed(garbage, random);
      throwAt(garbage);
    }
  }

  private static byte[] prefixed(byte[] garbage, Random random) {
    if (garbage.length > 5) {
      garbage[0] = 22;
      garbage[1] = 3;
      garbage[2] = (byte) random.nextInt(5);
    }
    return garbage;
  }

  @Test
  void aClientHelloInManyRecordsIsUnderstood() throws Exception {
    try (var peer = shields.raw(server.port)) {
      for (var record : inRecordsOf(clientHello(), 7)) {
        peer.getOutputStream().write(record);
      }
      assertEquals(22, peer.getInputStream().read());
    }
  }

  @Test
  void aClientHelloInManyRecordsIsBoundByItsAlpnToo() throws Exception {
    try (var engine = library.engines(InstantSource.system()).client(shields.client(6379));
        var peer = shields.raw(server.port)) {
      for (var record : inRecordsOf(firstBytes(engine), 50)) {
        peer.getOutputStream().write(record);
      }
      if (library == TlsLibrary.BORINGSSL) {
        // JSSE sends the same alert after its ServerHello, where it is encrypted.
        var answer = peer.getInputStream().readNBytes(7);
        assertEquals(21, answer[0], "an alert");
        assertEquals(120, answer[6], "no_application_protocol");
      }
      readToEnd(peer);
    }
    assertEquals(
        "peer meant testudo/1/tcp:6379, rule SERVER_1 is testudo/1/tcp:%d (alert no_application_protocol)"
            .formatted(server.port),
        shields.event(Refused.class).reason());
  }

  /// Splits the handshake message in the single record `hello` into records of `length` bytes.
  private static List<byte[]> inRecordsOf(byte[] hello, int length) {
    var records = new ArrayList<byte[]>();
    for (int at = 5; at < hello.length; at += length) {
      int size = Math.min(length, hello.length - at);
      var record = ByteBuffer.allocate(5 + size).put(hello, 0, 3).putShort((short) size);
      records.add(record.put(hello, at, size).array());
    }
    return records;
  }

  @Test
  void aDamagedClientHelloDoesNoHarm() throws Exception {
    var random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      var hello = clientHello();
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        hello[random.nextInt(hello.length)] = (byte) random.nextInt();
      }
      int length = random.nextInt(4) == 0 ? random.nextInt(hello.length) : hello.length;
      throwAt(java.util.Arrays.copyOf(hello, length));
    }
  }

  private void throwAt(byte[] bytes) throws IOException {
    try (var peer = shields.raw(server.port)) {
      peer.getOutputStream().write(bytes);
      peer.shutdownOutput();
      readToEnd(peer);
    } catch (SocketException _) {
      // A reset is fine.
    }
  }

  @Test
  void oneAddressDoesNotHoldAllPlacesForHandshakes() throws Exception {
    var patient =
        new RelayLimits(
            100, 8, Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofMinutes(1));
    var idle = new ArrayList<Socket>();
    try (var other = new Shields(library, patient);
        var listener = other.server()) {
      for (int i = 0; i < 20; i++) {
        idle.add(other.raw(listener.port));
      }
      // From another address. It must not have to wait until the silent ones are cut off.
      try (var client = other.connectFrom("127.0.0.9", listener.port);
          var program = listener.next()) {
        client.getOutputStream().write(1);
        assertEquals(1, program.getInputStream().read());
      }
    }
    for (var peer : idle) {
      peer.close();
    }
  }

  @Test
  void unfinishedHandshakesDoNotKeepPlacesOfTheAcceptQueue() throws Exception {
    var patient =
        new RelayLimits(
            100, 50, Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofMinutes(1));
    var unfinished = new ArrayList<Socket>();
    try (var other = new Shields(library, patient);
        var listener = other.server(2)) {
      for (int i = 0; i < 10; i++) {
        var peer = other.raw(listener.port);
        peer.getOutputStream().write(clientHello(other, listener.port));
        unfinished.add(peer);
      }
      for (var peer : unfinished.subList(0, 2)) {
        assertEquals(22, peer.getInputStream().read());
      }
      // From another address. It must not have to wait until the others are cut off.
      try (var _ = other.connectFrom("127.0.0.9", listener.port);
          var program = listener.next()) {
        assertEquals(0, program.getInputStream().available());
      }
    }
    for (var peer : unfinished) {
      peer.close();
    }
  }

  @Test
  void unfinishedHandshakesBeyondTheLimitWaitAndEndToo() throws Exception {
    var idle = new ArrayList<Socket>();
    for (int i = 0; i < 20; i++) {
      idle.add(shields.raw(server.port));
    }
    for (var peer : idle) {
      assertEquals(-1, peer.getInputStream().read());
      peer.close();
    }
  }

  @Test
  void aPeerThatAsksForKeyUpdatesAndNeverReadsIsDropped() throws Exception {
    try (var peer = tlsSocket();
        var program = server.next()) {
      var written = new AtomicLong();
      var writer = Thread.ofVirtual().start(() -> writeUntilBroken(program, written));
      RelayTest.awaitStandstill(written);
      // Once the path to the peer is full, no reply can leave. Only the kernel knows when.
      while (writer.isAlive()) {
        peer.startHandshake();
      }
    } catch (IOException _) {
      // Dropped while it was sending requests.
    }
    assertEquals(
        switch (library) {
          // It keeps one reply at a time, so memory cannot fill up.
          case BORINGSSL ->
              "peer asks for key updates and sends nothing between them (alert unexpected_message)";
          case JSSE -> "peer asks for key updates and does not read the replies";
        },
        shields.event(Closed.class).reason());
  }

  /// Returns the JDK's own client, which can request a key update at any time.
  private SSLSocket tlsSocket() throws Exception {
    var keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    var me = shields.identity;
    keys.setKeyEntry("me", me.key(), new char[0], new Certificate[] {me.certificate()});
    keys.setCertificateEntry("ca", shields.authority.authority().identity().certificate());
    var own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, new char[0]);
    var trusted = TrustManagerFactory.getInstance("PKIX");
    trusted.init(keys);
    var context = SSLContext.getInstance("TLSv1.3");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    var socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", server.port);
    socket.startHandshake();
    return socket;
  }

  private static void writeUntilBroken(Socket program, AtomicLong written) {
    try {
      while (true) {
        program.getOutputStream().write(new byte[100_000]);
        written.addAndGet(100_000);
      }
    } catch (IOException _) {
      // This is what the test waits for.
    }
  }

  /// Returns the first message of a real client.
  private byte[] clientHello() {
    return clientHello(shields, server.port);
  }

  private byte[] clientHello(Shields peers, int port) {
    var engines = library.engines(InstantSource.system());
    try (var engine = engines.client(peers.client(port))) {
      return firstBytes(engine);
    }
  }

  private static byte[] firstBytes(TlsEngine engine) {
    var out = ByteBuffer.allocateDirect(Buffers.CAPACITY);
    try {
      while (engine.need() != TlsEngine.Need.INPUT) {
        engine.runTask();
        engine.wrap(ByteBuffer.allocate(0), out);
      }
      return Handshake.remaining(out.flip());
    } catch (TlsFailure e) {
      throw new AssertionError(e);
    }
  }

  private static void readToEnd(Socket socket) {
    try {
      socket.getInputStream().readAllBytes();
    } catch (IOException _) {
      // A reset is an end, too.
    }
  }
}
