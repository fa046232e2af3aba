package dev.testudo.shield;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Listeners that are closed, shut down, inherited and passed on, the names of addresses, and a
/// client's own port. The same program makes the same assertions natively and under the shield.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ListenerLifePrivilegedTest {
  private final TwoSides sides = new TwoSides();

  @TempDir Path directory;

  @Test
  void natively() throws Exception {
    var command = TwoSides.python("life.py", sides.port());
    var process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
    assertEquals("done\n", new String(process.getInputStream().readAllBytes(), UTF_8));
  }

  @Test
  void unprotected() throws Exception {
    lives(Map.of("", "unprotected"));
  }

  @Test
  void protectedByTheShield() throws Exception {
    var rules = new TreeMap<>(sides.serverRules());
    rules.putAll(sides.clientRules("*"));
    // A client that chooses its port binds to it, too.
    rules.put("", "unprotected");
    lives(rules);
  }

  private void lives(Map<String, String> rules) throws Exception {
    try (var shield = new RealShield(directory, rules)) {
      var program = shield.python("life.py", sides.port());
      Eventually.holds(() -> !program.text().isEmpty(), () -> "hangs: " + shield.events);
      assertEquals("done\n", program.succeeds(), () -> "" + shield.events);
    }
  }
}
