package dev.testudo.shield;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.shield.supervisor.SocketWay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Socket calls that few programs make: the same program runs without a shield and with one, and
/// sees the same, but for what is written here.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class OddSocketCallsPrivilegedTest {
  @TempDir Path directory;

  @Test
  void dissolvedSocketsOfEveryKindAreAsWithoutAShield() throws Exception {
    var expected = new ArrayList<String>();
    for (var line : dissolvedNatively()) {
      boolean connected = line.contains("connection") && Support.socketWay() == SocketWay.SUPPLY;
      expected.add(connected ? undissolved(line) : line);
    }
    assertEquals(String.join("\n", expected), String.join("\n", dissolvedUnderAShield()));
  }

  /// Where sockets are supplied, a connection cannot be dissolved.
  private static String undissolved(String line) {
    return line;
  }

  private List<String> dissolvedNatively() throws Exception {
    try (var echo = new EchoServer();
        var slow = new BusyServer()) {
      int listen = Ports.unused();
      return natively(
          "dissolve.py", echo.port(), echo.port(), slow.port(), slow.port(), listen, listen);
    }
  }

  private List<String> dissolvedUnderAShield() throws Exception {
    try (var cage = new Cage(directory);
        var plain = new EchoServer();
        var secured = new EchoServer();
        var slow = new BusyServer();
        var slowSecured = new BusyServer()) {
      int listen = Ports.unused();
      int listenSecured = Ports.unused();
      cage.decisions.plainByDefault();
      cage.decisions.securedConnect(secured.port()).securedConnect(slowSecured.port());
      cage.decisions.securedListen(listenSecured);
      return cage.python(
              "dissolve.py",
              plain.port(),
              secured.port(),
              slow.port(),
              slowSecured.port(),
              listen,
              listenSecured,
              folder())
          .succeeds()
          .lines()
          .toList();
    }
  }

  private Path folder() throws IOException {
    return Files.createTempDirectory(directory, "folder");
  }

  private List<String> natively(String program, Object... arguments) throws Exception {
    var file = Path.of("src/test/resources/programs", program).toAbsolutePath();
    var command = new ArrayList<>(List.of("/usr/bin/python3", "-u", file.toString()));
    for (var argument : arguments) {
      command.add(argument.toString());
    }
    command.add(folder().toString());
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said.lines().toList();
  }
}
