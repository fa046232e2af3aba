package dev.testudo.shield;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two programs, each under its own shield, talk through a recorded connection. Then the client's
/// shield is killed in the middle.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class KilledShieldPrivilegedTest {
  private static final String WORD = "in-the-clear";
  private static final String WIRE = "127.0.0.9";

  private final TwoSides sides = new TwoSides();

  @TempDir Path directory;

  @Test
  void theProgramMeetsErrorsAndNothingGoesOutInTheClear() throws Exception {
    var serverSays = Files.createTempFile(directory, "server", "");
    var clientSays = Files.createTempFile(directory, "client", "");
    try (var wire = new Wire(sides.port());
        var _ =
            new ShieldProcess(
                sides.serverRules(), serverSays, TwoSides.python("echo.py", sides.port()))) {
      Eventually.holds(
          () -> TwoSides.read(serverSays).contains("listening"), () -> TwoSides.read(serverSays));
      var client =
          new ShieldProcess(
              sides.clientRules(WIRE),
              clientSays,
              TwoSides.python("killed.py", WIRE, sides.port(), WORD));
      Eventually.holds(
          () -> TwoSides.read(clientSays).contains("busy"), () -> TwoSides.read(clientSays));
      client.kill();
      Eventually.holds(
          () -> TwoSides.read(clientSays).contains("all ended"), () -> TwoSides.read(clientSays));
      for (var line :
          TwoSides.read(clientSays).lines().filter(l -> l.startsWith("ended:")).toList()) {
        var ends = List.of(line.split(" "));
        assertEquals("ENOSYS", ends.getLast());
        assertTrue(
            Set.of("ended:", "ECONNRESET", "EPIPE", "ECONNABORTED", "ENOSYS").containsAll(ends),
            line);
      }
      assertFalse(wire.carried.isEmpty());
      for (var bytes : wire.carried) {
        var text = bytes.toString(ISO_8859_1);
        assertFalse(text.contains(WORD));
        // A TLS record of a handshake.
        assertTrue(text.isEmpty() || text.charAt(0) == 0x16, text);
      }
    }
  }

  /// Accepts connections at one address, forwards them to another, and records the data.
  private static final class Wire implements AutoCloseable {
    final List<ByteArrayOutputStream> carried = new CopyOnWriteArrayList<>();
    private final ServerSocket door;
    private final int port;

    Wire(int port) throws IOException {
      this.port = port;
      this.door = new ServerSocket(port, 200, InetAddress.ofLiteral(WIRE));
      Thread.ofPlatform().daemon().start(this::serve);
    }

    private void serve() {
      try {
        while (true) {
          var near = door.accept();
          var far = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
          carry(near, far);
          carry(far, near);
        }
      } catch (IOException e) {
        // Closed at the end of the test.
      }
    }

    private void carry(Socket from, Socket to) {
      var record = new ByteArrayOutputStream();
      carried.add(record);
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                try (from;
                    to) {
                  copy(from.getInputStream(), to.getOutputStream(), record);
                } catch (IOException e) {
                  // The test has cut the connection.
                }
              });
    }

    private static void copy(InputStream from, OutputStream to, ByteArrayOutputStream record)
        throws IOException {
      var buffer = new byte[8192];
      for (int n = from.read(buffer); n > 0; n = from.read(buffer)) {
        record.write(buffer, 0, n);
        to.write(buffer, 0, n);
      }
    }

    @Override
    public void close() throws IOException {
      door.close();
    }
  }
}
