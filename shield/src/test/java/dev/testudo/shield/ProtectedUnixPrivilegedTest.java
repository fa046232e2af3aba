package dev.testudo.shield;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.testudo.shield.supervisor.socket.SocketWay;
import dev.testudo.shield.tls.TestAuthority;
import dev.testudo.shield.tls.TlsAlerts;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Protected Unix sockets between programs under two shields.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ProtectedUnixPrivilegedTest {
  private static final int SIGUSR1 = 10;

  private final TestAuthority authority = new TestAuthority("authority");

  /// Short, because a Unix socket's path has at most 107 bytes. Not named like a hidden place.
  private Path folder = Path.of("/");

  private Path path = Path.of("/");

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createTempDirectory("unix");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    path = folder.resolve("s");
  }

  @AfterEach
  void removeFolder() throws IOException {
    try (var files = Files.list(folder)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Test
  void bothProgramsSeeWhatTheyWouldSeeWithoutShields() throws Exception {
    Files.createFile(folder.resolve("file"));
    Files.createSymbolicLink(folder.resolve("link"), path);
    var rules = new HashMap<>(clientRules("CLIENT_1", path, authority));
    rules.putAll(clientRules("CLIENT_2", folder.resolve("missing"), authority));
    rules.putAll(clientRules("CLIENT_3", folder.resolve("file"), authority));
    try (var server = new RealShield(folder, serverRules(path, authority));
        var client = new RealShield(folder, rules);
        var again = new RealShield(folder, clientRules("CLIENT_1", path, authority))) {
      var serving = server.python("unix_server.py", path, 4);
      serving.says("listening");
      client.python("unix_client.py", folder).succeeds();
      serving.says("listening again");
      var orders = Files.writeString(folder.resolve("orders"), "open 1\necho 1 aga\nend\n");
      again.python("talk.py", path, orders).end();
      serving.succeeds();
      var text = serving.text();
      assertTrue(text.contains("served 1 uid 65534"), text);
      assertTrue(text.contains("served 300000 uid 65534"), text);
      assertEquals(5, events(server, ShieldEvent.Opened.class).size());
      var opened = events(client, ShieldEvent.Opened.class).getFirst().connection();
      assertEquals("unix:" + path, opened.peer());
      assertEquals("server", opened.peerName().orElseThrow());
    }
  }

  /// Where the shield supplies the sockets, it notices a close later.
  @Test
  void aListenerThatIsClosedRefusesAtOnce() throws Exception {
    var rules = new HashMap<>(serverRules(path, authority));
    rules.putAll(clientRules("CLIENT_1", path, authority));
    var natively = TwoSides.python("unix_life.py", folder.resolve("n")).split(" ");
    var process = new ProcessBuilder(natively).redirectErrorStream(true).start();
    assertEquals("done\n", new String(process.getInputStream().readAllBytes(), UTF_8));
    try (var shield = new RealShield(folder, rules)) {
      boolean duplicates = Support.socketWay() == SocketWay.DUPLICATE;
      var program = shield.python("unix_life.py", path);
      program.end();
      if (duplicates) {
        assertEquals("done\n", program.text());
      }
    }
  }

  @Test
  void aPlainClientReachesNothingOfTheProgram() throws Exception {
    try (var server = new RealShield(folder, serverRules(path, authority))) {
      server.python("echo.py", path).says("listening");
      try (var stranger = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
        stranger.write(ByteBuffer.wrap("hello\n".getBytes(UTF_8)));
        var answer = ByteBuffer.allocate(100);
        while (read(stranger, answer) > 0) {}
        // At most a TLS alert.
        assertFalse(new String(answer.array(), 0, answer.position(), UTF_8).contains("hello"));
      }
      server.refuses("accept", "peer does not speak TLS");
      assertEquals(List.of(), events(server, ShieldEvent.Opened.class));
    }
  }

  private static int read(SocketChannel channel, ByteBuffer into) {
    try {
      return channel.read(into);
    } catch (IOException e) {
      return -1; // reset
    }
  }

  @Test
  void aServerThatAnotherAuthorityKnowsIsRefused() throws Exception {
    var others = new TestAuthority("others");
    try (var server = new RealShield(folder, serverRules(path, others));
        var client = new RealShield(folder, clientRules("CLIENT_1", path, authority))) {
      server.python("echo.py", path).says("listening");
      assertEquals("open 1 ECONNABORTED", order(client, path, "open 1"));
      client.refuses(
          "connect",
          "peer certificate is not issued by an authority of rule CLIENT_1 (alert %s)"
              .formatted(TlsAlerts.unknownAuthority()));
      assertEquals(List.of(), events(server, ShieldEvent.Opened.class));
    }
  }

  @Test
  void aServerWithAnotherNameIsRefused() throws Exception {
    var rules = new HashMap<>(clientRules("CLIENT_1", path, authority));
    rules.put("CLIENT_1_SERVER_DNS_NAME", "other");
    try (var server = new RealShield(folder, serverRules(path, authority));
        var client = new RealShield(folder, rules)) {
      server.python("echo.py", path).says("listening");
      assertEquals("open 1 ECONNABORTED", order(client, path, "open 1"));
      client.refuses(
          "connect",
          "peer certificate is for server, rule CLIENT_1 expects other (alert certificate_unknown)");
    }
  }

  @Test
  void aConnectionIsBoundToThePathOfTheRule() throws Exception {
    var link = folder.resolve("link");
    Files.createSymbolicLink(link, path);
    try (var server = new RealShield(folder, serverRules(path, authority));
        var client = new RealShield(folder, clientRules("CLIENT_1", link, authority))) {
      server.python("echo.py", path).says("listening");
      assertEquals("open 1 ECONNABORTED", order(client, link, "open 1"));
      server.refuses(
          "accept",
          "peer meant testudo/1/unix:%s, rule SERVER_1 is testudo/1/unix:%s (alert no_application_protocol)"
              .formatted(link, path));
      assertEquals(List.of(), events(server, ShieldEvent.Opened.class));
    }
  }

  @Test
  void noDescriptorGetsThrough() throws Exception {
    try (var server = new RealShield(folder, serverRules(path, authority));
        var client = new RealShield(folder, clientRules("CLIENT_1", path, authority))) {
      var receiver = server.python("unix_descriptor.py", "receive", path);
      receiver.says("listening");
      var said = client.python("unix_descriptor.py", "send", path).succeeds().strip();
      receiver.succeeds();
      assertFalse(receiver.text().contains("with"), receiver.text());
      switch (said) {
        case "refused" -> assertTrue(receiver.text().endsWith("after\nend\n"), receiver.text());
        // Before Linux 6.16.
        case "sent" ->
            ended(
                client, "the program passed a descriptor; protected connections carry bytes only");
        default -> fail(said);
      }
    }
  }

  private static void ended(RealShield shield, String reason) throws InterruptedException {
    Eventually.holds(
        () ->
            events(shield, ShieldEvent.Closed.class).stream()
                .anyMatch(closed -> closed.reason().equals(reason)),
        () -> shield.events.toString());
  }

  @Test
  void anInterruptedConnectGoesOn() throws Exception {
    var real = folder.resolve("real");
    try (var server = new RealShield(folder, serverRules(path, authority));
        var between = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        var client = new RealShield(folder, clientRules("CLIENT_1", path, authority))) {
      server.python("echo.py", path).says("listening");
      Files.move(path, real);
      between.bind(UnixDomainSocketAddress.of(path));
      var program = client.python("unix_interrupted.py", path);
      try (var near = between.accept();
          var far = SocketChannel.open(UnixDomainSocketAddress.of(real))) {
        var first = ByteBuffer.allocate(10_000);
        near.read(first);
        // The handshake has begun and was not answered.
        program.child().signal(SIGUSR1);
        program.says("connected");
        assertTrue(program.text().contains("interrupted"), program.text());
        far.write(first.flip());
        Thread.ofPlatform().daemon().start(() -> pump(near, far));
        Thread.ofPlatform().daemon().start(() -> pump(far, near));
        program.succeeds();
      }
    }
  }

  private static void pump(SocketChannel from, SocketChannel to) {
    var buffer = ByteBuffer.allocate(10_000);
    try {
      while (from.read(buffer.clear()) >= 0) {
        to.write(buffer.flip());
      }
    } catch (IOException e) {
      // The test has ended.
    }
  }

  @Test
  void childrenServeOnWhenTheirParentHasGone() throws Exception {
    try (var server = new RealShield(folder, serverRules(path, authority));
        var client = new RealShield(folder, clientRules("CLIENT_1", path, authority))) {
      var program = server.python("unix_prefork.py", path);
      program.succeeds();
      Eventually.holds(() -> count(program, "child") == 3, program::text);
      var orders =
          Files.writeString(
              folder.resolve("orders"),
              "open 1\necho 1 a\nopen 2\necho 2 b\nclose 1\nclose 2\nopen 3\necho 3 c\nend\n");
      var said = client.python("talk.py", path, orders).succeeds();
      assertEquals(8, said.lines().filter(line -> line.endsWith(" ok")).count(), said);
      Eventually.holds(() -> count(program, "served") == 3, program::text);
    }
  }

  private static long count(Program program, String line) {
    return program.text().lines().filter(line::equals).count();
  }

  @Test
  void theProgramsOwnSocketCannotBeFound() throws Exception {
    try (var server = new RealShield(folder, serverRules(path, authority))) {
      server.python("echo.py", path).says("listening");
      var hidden = hiddenPlaces();
      assertFalse(hidden.isEmpty());
      assertEquals(List.of(), hidden.stream().filter(place -> Files.exists(place)).toList());
      assertEquals(List.of(), hidden.stream().filter(p -> Files.exists(p.getParent())).toList());
    }
  }

  /// Returns the former names of sockets that the kernel still shows to everybody.
  private static List<Path> hiddenPlaces() throws IOException {
    var name = Pattern.compile("(/\\S*/shield[0-9]+/s)$");
    try (var sockets = Files.lines(Path.of("/proc/net/unix"))) {
      return sockets
          .map(name::matcher)
          .filter(Matcher::find)
          .map(match -> Path.of(match.group(1)))
          .toList();
    }
  }

  @Test
  void programsOfEventLoopsTalk() throws Exception {
    try (var server = new RealShield(folder, serverRules(path, authority));
        var client = new RealShield(folder, clientRules("CLIENT_1", path, authority))) {
      server.python("unix_asyncio.py", "server", path).says("listening");
      client.python("unix_asyncio.py", "client", path, 40).succeeds();
    }
  }

  @Test
  void redisTalksOverAProtectedUnixSocket() throws Exception {
    try (var server = new RealShield(folder, serverRules(path, authority));
        var client = new RealShield(folder, clientRules("CLIENT_1", path, authority))) {
      var redis =
          server.start(
              List.of(
                  "/usr/bin/redis-server",
                  "--port",
                  "0",
                  "--unixsocket",
                  path.toString(),
                  "--unixsocketperm",
                  "700",
                  "--save",
                  "",
                  "--daemonize",
                  "no"));
      Eventually.holds(
          () -> redis.text().contains("ready to accept connections"), () -> redis.text());
      var cli = "/usr/bin/redis-cli -s " + path;
      var script = cli + " SET key value; " + cli + " GET key";
      var said = client.start(List.of("/bin/sh", "-c", script)).succeeds();
      assertEquals("OK\nvalue\n", said);
    }
  }

  private String order(RealShield client, Path to, String order) throws Exception {
    var orders = Files.writeString(folder.resolve("orders"), order + "\nend\n");
    return client.python("talk.py", to, orders).succeeds().strip();
  }

  private static <E extends ShieldEvent> List<E> events(RealShield shield, Class<E> kind) {
    return shield.events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  static Map<String, String> serverRules(Path path, TestAuthority authority) {
    return Map.of(
        "SERVER_1",
        "protected",
        "SERVER_1_PORT",
        "unix:" + path,
        "SERVER_1_IDENTITY",
        TestAuthority.pem(authority.issue("server")),
        "SERVER_1_CLIENT_AUTH",
        authority.pem());
  }

  static Map<String, String> clientRules(String rule, Path path, TestAuthority authority) {
    return Map.of(
        rule,
        "protected",
        rule + "_DESTINATION",
        "unix:" + path,
        rule + "_SERVER_DNS_NAME",
        "server",
        rule + "_IDENTITY",
        TestAuthority.pem(authority.issue("client")),
        rule + "_SERVER_AUTH",
        authority.pem());
  }
}
