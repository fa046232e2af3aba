package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Programs that a timer interrupts a thousand times a second see the same as without a shield.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SignalStormPrivilegedTest {
  private static final int ROUNDS = 150;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"restart", "interrupt"})
  void plainCallsHaveTheResultsTheyHaveWithoutAShield(String mode) throws Exception {
    try (var cage = new Cage(directory);
        var server = new EchoServer()) {
      cage.decisions.plainByDefault();
      int nobody = Ports.unused();
      var program = cage.c("storm.c", mode, ROUNDS, server.port(), nobody);
      assertEquals("done\n", program.succeeds());
      assertEquals(2 * ROUNDS, server.connections());
      // Without a shield: checks that the program itself is right about the kernel.
      var alone = new ProcessBuilder(directory.resolve("storm").toString(), mode, "" + ROUNDS);
      alone.command().add("" + server.port());
      alone.command().add("" + nobody);
      assertEquals(0, alone.redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"restart", "interrupt"})
  void protectedCallsHaveTheResultsTheyHaveWithoutAShield(String mode) throws Exception {
    try (var cage = new Cage(directory);
        var server = new EchoServer()) {
      cage.relay.handshake = Duration.ofMillis(3);
      cage.decisions.plainByDefault().securedConnect(server.port());
      var program = cage.c("storm.c", mode, ROUNDS, server.port(), 0);
      assertEquals("done\n", program.succeeds());
      assertEquals(2 * ROUNDS, cage.relay.dials.get());
    }
  }
}
