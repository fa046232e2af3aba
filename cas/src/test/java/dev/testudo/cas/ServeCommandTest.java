package dev.testudo.cas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.KilledCasTest.Running;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// How the process of CAS starts and ends.
class ServeCommandTest {
  @TempDir private Path state;

  @Test
  @Timeout(300)
  void endsWithItsInput() throws Exception {
    try (var cas = Running.start(state)) {
      cas.process.getOutputStream().close();
      assertTrue(cas.process.waitFor(120, TimeUnit.SECONDS));
      assertEquals(0, cas.process.exitValue());
    }
  }

  @Test
  @Timeout(300)
  void closesWhenTold() throws Exception {
    try (var cas = Running.start(state)) {
      cas.process.destroy();
      assertTrue(cas.process.waitFor(120, TimeUnit.SECONDS));
      assertEquals(143, cas.process.exitValue());
    }
  }

  @Test
  @Timeout(300)
  void aSecondOneOnTheSameStateSaysSo() throws Exception {
    try (var cas = Running.start(state)) {
      assertTrue(cas.process.isAlive());
      var err = new ByteArrayOutputStream();
      var code =
          run(err, "serve", "--state", state.toString(), "--listen", "127.0.0.1:0", "--first-come");
      assertEquals(3, code);
      assertEquals(
          "testudo cas serve: another CAS uses %s%n".formatted(state),
          err.toString(StandardCharsets.UTF_8));
    }
  }

  @Test
  void aUsedPortIsNamedWithTheReason() throws IOException {
    for (var host : List.of("127.0.0.1", "[::1]")) {
      try (var other = new ServerSocket(0, 1, InetAddress.ofLiteral(host))) {
        var address = host + ":" + other.getLocalPort();
        assertEquals("CAS cannot listen at " + address, refusal("--listen", address));
        assertEquals(
            "the console of CAS cannot listen at " + address,
            refusal("--listen", "127.0.0.1:0", "--console", address));
      }
    }
  }

  /// Returns what CAS says that cannot start at a used port, without the reason of the system.
  private String refusal(String... addresses) {
    var err = new ByteArrayOutputStream();
    var args = new ArrayList<>(List.of("serve", "--state", state.toString(), "--first-come"));
    args.addAll(List.of(addresses));
    assertEquals(3, run(err, args.toArray(String[]::new)));
    var said = err.toString(StandardCharsets.UTF_8);
    var reason = ": Address already in use%n".formatted();
    assertEquals(reason, said.substring(said.length() - reason.length()));
    return said.substring("testudo cas serve: ".length(), said.length() - reason.length());
  }

  @Test
  void wrongUseIsExplained() {
    for (var args :
        List.of(
            new String[] {},
            new String[] {"serve"},
            new String[] {"serve", "--state", "x"},
            new String[] {"serve", "--state", "", "--listen", "127.0.0.1:0"},
            new String[] {"serve", "--state", "x", "--listen", "127.0.0.1"},
            new String[] {"serve", "--state", "x", "--listen", "127.0.0.1:99999"},
            new String[] {"serve", "--state", "x", "--state", "y", "--listen", "127.0.0.1:0"},
            new String[] {"serve", "--state", "x", "--listen", "127.0.0.1:0", "--more"},
            new String[] {"serve", "--state", "x", "--listen", "127.0.0.1:0", "--owner"},
            new String[] {"serve", "--state", "x", "--listen", "127.0.0.1:0", "--owner", "me"},
            new String[] {"server", "--state", "x", "--listen", "127.0.0.1:0"})) {
      var err = new ByteArrayOutputStream();
      assertEquals(2, run(err, args));
      var said = err.toString(StandardCharsets.UTF_8);
      assertTrue(said.endsWith(ServeCommand.USAGE_LINES), said);
    }
  }

  private static int run(ByteArrayOutputStream err, String... args) {
    var nothing = new ByteArrayInputStream(new byte[0]);
    var out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return ServeCommand.run(
        List.of(args),
        Map.of(),
        nothing,
        out,
        new PrintStream(err, true, StandardCharsets.UTF_8),
        _ -> {});
  }
}
