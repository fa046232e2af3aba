package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.shield.ShieldProcess.Use;
import dev.testudo.shield.tls.TlsLibrary;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Failed handshakes leave no memory behind, on the Java heap or outside. The bounds are far above
/// normal variations of a JVM, and far below what would remain if each handshake leaked its TLS
/// state or one buffer.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class GarbageMemoryPrivilegedTest {
  private static final System.Logger LOG =
      System.getLogger(GarbageMemoryPrivilegedTest.class.getName());

  /// The number of handshakes after which code is loaded and compiled, and pools are filled.
  private static final int WARM = 4_000;

  private static final int GARBAGE = 16_000;
  private static final long MIB = 1 << 20;

  /// 512 bytes per handshake.
  private static final long MOST_HEAP = 8 * MIB;

  /// 4 KiB per handshake, because compiled code and the compiler's own memory vary.
  private static final long MOST_OUTSIDE = 64 * MIB;

  private static final int FEW_DESCRIPTORS = 16;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final TwoSides sides = new TwoSides();

  @TempDir Path directory;

  @Tag("nightly")
  @ParameterizedTest
  @EnumSource(TlsLibrary.class)
  void garbageLeavesNothingBehind(TlsLibrary library) throws Exception {
    var says = Files.createTempFile(directory, "server", "");
    var engine = "-D" + TlsLibrary.PROPERTY + "=" + library.name().toLowerCase(Locale.ROOT);
    var command = TwoSides.python("many.py", "server", sides.port());
    try (var shield = new ShieldProcess(List.of(engine), sides.serverRules(), says, command)) {
      Eventually.holds(() -> TwoSides.read(says).contains("listening"), () -> TwoSides.read(says));
      throwGarbage(WARM);
      var before = measured(shield);
      throwGarbage(GARBAGE);
      Eventually.holds(
          () -> isAsBefore(before, measured(shield)),
          () -> "seed %d: %s became %s".formatted(seed, before, measured(shield)));
      var after = measured(shield);
      LOG.log(
          System.Logger.Level.INFO,
          "%s: %d handshakes of garbage: %d KiB more heap, %d KiB more outside of it"
              .formatted(
                  library,
                  GARBAGE,
                  (after.heap() - before.heap()) / 1024,
                  (after.resident() - before.resident()) / 1024));
      assertEquals(0, after.connections());
    }
  }

  private static boolean isAsBefore(Use before, Use now) {
    return now.heap() - before.heap() < MOST_HEAP
        && now.resident() - before.resident() < MOST_OUTSIDE
        && now.descriptors() <= before.descriptors() + FEW_DESCRIPTORS;
  }

  private static Use measured(ShieldProcess shield) {
    try {
      return shield.measure();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void throwGarbage(int times) throws Exception {
    var hello = clientHello();
    for (var i = 0; i < times; i++) {
      throwOnce(garbage(hello));
    }
  }

  private void throwOnce(byte[] bytes) throws IOException {
    try (var peer = new Socket(InetAddress.getLoopbackAddress(), sides.port())) {
      peer.getOutputStream().write(bytes);
      peer.shutdownOutput();
      peer.getInputStream().readAllBytes();
    } catch (SocketException _) {
      // A reset is an answer, too.
    }
  }

  /// Returns in turn: a valid ClientHello of a peer that then disconnects, one with wrong bytes, a
  /// part of one, and a record of random bytes.
  private byte[] garbage(byte[] hello) {
    var bytes = hello.clone();
    return switch (random.nextInt(4)) {
      case 0 -> bytes;
      case 1 -> damaged(bytes);
      case 2 -> Arrays.copyOf(damaged(bytes), random.nextInt(bytes.length));
      default -> noise();
    };
  }

  private byte[] damaged(byte[] bytes) {
    for (var n = 1 + random.nextInt(4); n > 0; n--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  private byte[] noise() {
    var bytes = new byte[6 + random.nextInt(20_000)];
    random.nextBytes(bytes);
    bytes[0] = 22; // handshake
    bytes[1] = 3;
    return bytes;
  }

  /// Returns the first message of the JDK's own client.
  private static byte[] clientHello() throws Exception {
    var engine = SSLContext.getDefault().createSSLEngine("server", 1);
    engine.setUseClientMode(true);
    var out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), out);
    return Arrays.copyOf(out.array(), out.position());
  }
}
