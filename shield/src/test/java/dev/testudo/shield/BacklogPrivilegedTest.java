package dev.testudo.shield;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.shield.tls.TestAuthority;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server that accepts nobody holds its clients back as without a shield: one more than its
/// backlog are connected, the others wait, and all are served once it accepts.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class BacklogPrivilegedTest {
  private static final int SIGUSR1 = 10;
  private static final int SIGUSR2 = 12;
  private static final int CLIENTS = 40;
  private static final String SERVED = "connected 6\nconnected 10\nall served\n";

  @TempDir Path directory;

  private final TwoSides sides = new TwoSides();

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void withoutAShieldTheKernelLetsOneMoreInThanTheBacklog(boolean tcp) throws Exception {
    var where = tcp ? sides.port() : directory.resolve("s");
    var command = List.of("/bin/sh", "-c", TwoSides.python("backlog.py", where, 5, CLIENTS));
    var program = new ProcessBuilder(command).redirectErrorStream(true).start();
    assertEquals("6\n", new String(program.getInputStream().readAllBytes(), UTF_8));
  }

  @Test
  void aProtectedPortHoldsClientsBackAsTheKernelDoes() throws Exception {
    var port = String.valueOf(sides.port());
    assertEquals(SERVED, withShields(sides.serverRules(), sides.clientRules("127.0.0.1"), port));
  }

  @Test
  void aProtectedUnixSocketHoldsClientsBackAsTheKernelDoes() throws Exception {
    var path = directory.resolve("s");
    var authority = new TestAuthority("authority");
    var server = ProtectedUnixPrivilegedTest.serverRules(path, authority);
    var client = ProtectedUnixPrivilegedTest.clientRules("CLIENT_1", path, authority);
    assertEquals(SERVED, withShields(server, client, path.toString()));
  }

  private String withShields(
      Map<String, String> serverRules, Map<String, String> clientRules, String where)
      throws Exception {
    try (var ofServer = new RealShield(directory, serverRules);
        var ofClients = new RealShield(directory, clientRules)) {
      var server = ofServer.python("backlog_server.py", where, 5, 9);
      server.says("listening");
      var client = ofClients.python("backlog_client.py", where, CLIENTS, 6, 10);
      client.says("connected 6");
      server.child().signal(SIGUSR2);
      client.says("connected 10");
      server.child().signal(SIGUSR1);
      return client.succeeds();
    }
  }
}
