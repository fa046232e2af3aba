package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.shield.tls.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A peer in another network namespace whose link is cut while a connection is open. The program's
/// own timeouts end the connection with `ETIMEDOUT`, natively and on a protected connection.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class VanishedPeerPrivilegedTest {
  private static final String THERE = "10.77.44.2";
  private static final int PORT = 7001;

  private final TestAuthority authority = new TestAuthority("authority");
  private final String name = "shield" + ProcessHandle.current().pid() % 100_000;
  private final List<Process> processes = new ArrayList<>();

  @TempDir Path directory;

  @BeforeEach
  void aPlaceElsewhere() throws Exception {
    run("ip netns add " + name);
    run("ip link add " + name + "a type veth peer name " + name + "b netns " + name);
    run("ip addr add 10.77.44.1/24 dev " + name + "a");
    run("ip link set " + name + "a up");
    run("ip netns exec " + name + " ip addr add " + THERE + "/24 dev " + name + "b");
    run("ip netns exec " + name + " ip link set " + name + "b up");
  }

  @AfterEach
  void noMore() throws Exception {
    for (var process : processes) {
      process.destroyForcibly().waitFor();
    }
    // Removed explicitly: the namespace outlives its last process for a while.
    run("ip link del " + name + "a");
    run("ip netns del " + name);
  }

  @ParameterizedTest
  @CsvSource({"native,keepalive", "native,timeout", "protected,keepalive", "protected,timeout"})
  void theProgramsOwnTimesEndTheConnection(String how, String option) throws Exception {
    boolean secured = how.equals("protected");
    var certificate = directory.resolve("server.pem");
    Files.writeString(certificate, TestAuthority.pem(authority.issue("server")));
    var server = TwoSides.python("vanished.py", "server", THERE, PORT, secured ? certificate : "");
    var listening = start("ip netns exec " + name + " " + server);
    Eventually.holds(
        () -> TwoSides.read(listening).contains("listening"), () -> TwoSides.read(listening));
    var rules =
        secured
            ? Map.of(
                "CLIENT_1",
                "protected",
                "CLIENT_1_DESTINATION",
                "TCP:server:" + PORT,
                "CLIENT_1_DESTINATION_IP",
                THERE,
                "CLIENT_1_SERVER_AUTH",
                authority.pem())
            : Map.of("", "disabled");
    try (var shield = new RealShield(directory, rules)) {
      var client = shield.python("vanished.py", "client", THERE, PORT, option);
      client.says("connected");
      run("ip netns exec " + name + " ip link set " + name + "b down");
      assertEquals("connected\nETIMEDOUT\n", client.succeeds());
    }
  }

  private Path start(String command) throws IOException {
    var output = Files.createTempFile(directory, "server", ".txt");
    processes.add(
        new ProcessBuilder(command.strip().split(" "))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start());
    return output;
  }

  private static void run(String command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command.split(" ")).inheritIO().start();
    assertTrue(process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0, command);
  }
}
