package dev.testudo.shield.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.sys.Errno;
import dev.testudo.shield.Ports;
import dev.testudo.shield.ShieldEvent.Closed;
import dev.testudo.shield.ShieldEvent.Opened;
import dev.testudo.shield.ShieldEvent.Refused;
import dev.testudo.shield.tls.TestAuthority;
import dev.testudo.shield.tls.TlsLibrary;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Peers that are not shields: openssl.
@Timeout(600)
@ParameterizedClass
@EnumSource(TlsLibrary.class)
final class ForeignPeerTest {
  private final TlsLibrary library;
  @TempDir Path directory;
  private Shields shields;
  private String identity;
  private String authority;

  ForeignPeerTest(TlsLibrary library) {
    this.library = library;
  }

  @BeforeEach
  void start() throws IOException {
    shields = new Shields(library);
    identity = TestAuthority.file(directory, "me.pem", TestAuthority.pem(shields.identity));
    authority = TestAuthority.file(directory, "ca.pem", shields.authority.pem());
  }

  @AfterEach
  void stop() {
    shields.close();
  }

  private ForeignTool client(int port, String... more) throws IOException {
    var arguments = new java.util.ArrayList<>(List.of("-cert", identity, "-CAfile", authority));
    arguments.addAll(List.of(more));
    return ForeignTool.client(port, arguments.toArray(String[]::new));
  }

  @Test
  void aClientWithoutAlpnIsAcceptedAndCarried() throws Exception {
    try (var server = shields.server();
        var client = client(server.port, "-quiet")) {
      client.type("hello\n");
      var program = server.next();
      assertEquals("hello\n", new String(program.getInputStream().readNBytes(6), UTF_8));
      program.getOutputStream().write("welcome".getBytes(UTF_8));
      client.await("welcome");
      assertEquals(
          Optional.of("redis"),
          shields.event(Opened.class, o -> o.connection().isInbound()).connection().peerName());
      program.shutdownOutput();
      client.input().close();
      assertEquals(-1, program.getInputStream().read());
    }
  }

  @Test
  void neitherTicketsNorOlderVersionsAreOffered() throws Exception {
    try (var server = shields.server();
        var client = client(server.port)) {
      var program = server.next();
      program.getOutputStream().write("welcome".getBytes(UTF_8));
      var output = client.await("welcome");
      assertTrue(output.contains("TLSv1.3") && output.contains("Verification: OK"), output);
      assertTrue(!output.contains("New Session Ticket"), output);
    }
  }

  @Test
  void aClientWithOnlyForeignAlpnIsRefusedUnlessTheRuleListsIt() throws Exception {
    try (var server = shields.server();
        var client = client(server.port, "-alpn", "h2,http/1.1")) {
      client.await("no application protocol");
      assertEquals(
          "peer offers only the ALPN protocols h2, http/1.1, which rule SERVER_1 does not list"
              + " (alert no_application_protocol)",
          shields.event(Refused.class).reason());
    }
    try (var server = shields.server(List.of("http/1.1"));
        var client = client(server.port, "-alpn", "h2,http/1.1")) {
      server.next();
      client.await("ALPN protocol: http/1.1");
    }
  }

  @Test
  void aClientWithTls12IsRefused() throws Exception {
    try (var server = shields.server();
        var client = client(server.port, "-tls1_2")) {
      client.await("alert protocol version");
      assertEquals(
          "peer does not speak TLS 1.3 (alert protocol_version)",
          shields.event(Refused.class).reason());
    }
  }

  @Test
  void keyUpdatesAreInvisibleToTheProgram() throws Exception {
    try (var server = shields.server();
        var client = client(server.port)) {
      var program = server.next();
      for (int i = 0; i < 5; i++) {
        client.type("K\n");
        client.await("KEYUPDATE", i + 1);
        client.type("line " + i + "\n");
        assertEquals("line " + i + "\n", new String(program.getInputStream().readNBytes(7), UTF_8));
        program.getOutputStream().write(("answer " + i).getBytes(UTF_8));
        client.await("answer " + i);
      }
    }
  }

  @Test
  void aKeyUpdateThatWantsNoAnswerIsInvisibleToo() throws Exception {
    try (var server = shields.server();
        var client = client(server.port)) {
      var program = server.next();
      client.type("before\n");
      assertEquals("before\n", new String(program.getInputStream().readNBytes(7), UTF_8));
      client.type("k\n");
      client.await("KEYUPDATE");
      client.type("after!\n");
      assertEquals("after!\n", new String(program.getInputStream().readNBytes(7), UTF_8));
    }
  }

  @Test
  void aClientThatVanishesWithoutCloseNotifyIsAResetForTheProgram() throws Exception {
    try (var server = shields.server();
        var client = client(server.port, "-quiet")) {
      client.type("half of a mess\n");
      var program = server.next();
      assertEquals(15, program.getInputStream().readNBytes(15).length);
      client.kill();
      assertThrows(SocketException.class, () -> program.getInputStream().read());
      assertEquals(
          "peer ended the connection without close_notify", shields.event(Closed.class).reason());
    }
  }

  @Test
  void aClientThatClosesProperlyIsAnEndForTheProgram() throws Exception {
    try (var server = shields.server();
        var client = client(server.port)) {
      var program = server.next();
      client.type("Q\n");
      assertEquals(-1, program.getInputStream().read());
      program.close();
      client.end();
      assertEquals("closed by the peer", shields.event(Closed.class).reason());
    }
  }

  @Test
  void aServerWithoutAlpnIsAccepted() throws Exception {
    int port = Ports.unused();
    try (var _ = ForeignTool.server(port, "-cert", identity, "-rev");
        var program = shields.connect(port)) {
      program.getOutputStream().write("stressed\n".getBytes(UTF_8));
      assertEquals("desserts\n", new String(program.getInputStream().readNBytes(9), UTF_8));
    }
  }

  @Test
  void aServerThatAnswersWithAnotherProtocolIsRefused() throws Exception {
    int port = Ports.unused();
    try (var _ = ForeignTool.server(port, "-cert", identity, "-alpn", "http/1.1")) {
      var failed = shields.refused(port, shields.client(port));
      assertEquals(Errno.ECONNABORTED, failed.errno());
      assertEquals(
          "peer is not bound to testudo/1/tcp:%d (alert no_application_protocol)".formatted(port),
          failed.reason());
    }
  }

  @Test
  void aServerWithTls12IsRefused() throws Exception {
    int port = Ports.unused();
    try (var _ = ForeignTool.server(port, "-cert", identity, "-tls1_2")) {
      var failed = shields.refused(port, shields.client(port));
      assertEquals("peer does not speak TLS 1.3 (alert protocol_version)", failed.reason());
    }
  }

  @Test
  void aServerThatKillsItselfIsAResetForTheProgram() throws Exception {
    int port = Ports.unused();
    try (var server = ForeignTool.server(port, "-cert", identity);
        var program = shields.connect(port)) {
      program.getOutputStream().write("hello\n".getBytes(UTF_8));
      server.await("hello");
      server.kill();
      assertThrows(SocketException.class, () -> program.getInputStream().read());
    }
  }
}
