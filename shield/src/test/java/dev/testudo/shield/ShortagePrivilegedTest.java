package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Shields with too few descriptors: they report that once, keep every peer that they have
/// accepted, and continue when descriptors are free again.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ShortagePrivilegedTest {
  private static final int DESCRIPTORS = 200;
  private static final int CLIENTS = 90;

  @TempDir Path directory;

  private final TwoSides sides = new TwoSides();

  @Test
  void peersWaitWhileAServersShieldHasAsManyAsItCan() throws Exception {
    try (var server = server(DESCRIPTORS);
        var clients = new RealShield(directory, sides.clientRules("127.0.0.1"))) {
      await("served", "listening");
      var program = clients.python("crowd.py", sides.port(), CLIENTS, directory.resolve("go"));
      await("server.err", "peers at 127.0.0.1:" + sides.port() + " (rule SERVER_1) wait");
      Files.createFile(directory.resolve("go"));
      assertEquals("served " + CLIENTS + "\n", program.succeeds());
      server.measure();
    }
    saysOnce("server.err", "; 200 descriptors allow no more; raise the descriptor limit");
  }

  @Test
  void connectFailsWhileAClientsShieldHasAsManyAsItCan() throws Exception {
    var go = directory.resolve("go");
    var program = TwoSides.python("crowd.py", sides.port(), CLIENTS, go);
    try (var server = new RealShield(directory, sides.serverRules())) {
      server.python("many.py", "server", sides.port()).says("listening");
      try (var clients = client(program)) {
        await("client.err", "connect to 127.0.0.1:" + sides.port() + " (rule CLIENT_1) fails");
        Files.createFile(go);
        await("said", "served " + CLIENTS);
        clients.measure();
      }
    }
    saysOnce("client.err", "; 200 descriptors allow no more; raise the descriptor limit");
  }

  @Test
  void connectsToAServerThatSaysNothingLeaveDescriptorsForTheRest() throws Exception {
    var program = TwoSides.python("crowd.py", sides.port(), CLIENTS, directory.resolve("go"));
    try (var silent = new ServerSocket(sides.port(), CLIENTS, InetAddress.getLoopbackAddress());
        var clients = client(program)) {
      await(
          "client.err", "connect to 127.0.0.1:" + silent.getLocalPort() + " (rule CLIENT_1) fails");
      int used = clients.measure().descriptors();
      assertTrue(used < DESCRIPTORS * 9 / 10, () -> used + " in use: " + directoryText());
    }
    saysOnce("client.err", "; 200 descriptors allow no more; raise the descriptor limit");
  }

  @Test
  void whoFindsNoDescriptorAtAllGoesOnWhenThereAreSome() throws Exception {
    var orders = Files.createFile(directory.resolve("orders"));
    var program = TwoSides.python("talk.py", sides.port(), orders);
    try (var server = server(DESCRIPTORS);
        var client = client(program)) {
      await("served", "listening");
      order(orders, "open 1\necho 1 before\n", "echo 1 before ok");
      client.exhaust();
      order(orders, "open 2\n", "open 2 EMFILE");
      await("client.err", "fails with EMFILE, reason=all 200 descriptors of the shield are in use");
      order(orders, "echo 1 meanwhile\n", "echo 1 meanwhile ok");
      client.release();
      order(orders, "open 3\necho 3 after\n", "echo 3 after ok");
      server.exhaust();
      Files.writeString(orders, Files.readString(orders) + "open 4\necho 4 served\n");
      await("server.err", " (rule SERVER_1) wait, reason=all 200 descriptors");
      server.release();
      await("said", "echo 4 served ok");
      order(orders, "end\n", "echo 4 served ok");
    }
  }

  private ShieldProcess server(int descriptors) throws IOException {
    return ShieldProcess.withDescriptors(
        descriptors,
        directory.resolve("server.err"),
        sides.serverRules(),
        directory.resolve("served"),
        TwoSides.python("many.py", "server", sides.port()));
  }

  private ShieldProcess client(String program) throws IOException {
    return ShieldProcess.withDescriptors(
        DESCRIPTORS,
        directory.resolve("client.err"),
        sides.clientRules("127.0.0.1"),
        directory.resolve("said"),
        program);
  }

  private void order(Path orders, String lines, String answer) throws Exception {
    Files.writeString(orders, Files.readString(orders) + lines);
    await("said", answer);
  }

  private void await(String file, String part) throws InterruptedException {
    var path = directory.resolve(file);
    Eventually.holds(
        () -> Files.exists(path) && TwoSides.read(path).contains(part),
        () -> "never `" + part + "`: " + directoryText());
  }

  private String directoryText() {
    try (var files = Files.list(directory)) {
      var text = new StringBuilder();
      files
          .filter(Files::isRegularFile)
          .forEach(
              file -> text.append(file).append(":\n").append(TwoSides.read(file)).append('\n'));
      return text.toString();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private void saysOnce(String file, String part) {
    var lines = TwoSides.read(directory.resolve(file)).lines();
    assertEquals(1, lines.filter(line -> line.contains(part)).count());
  }
}
