package dev.testudo.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.process.Child;
import dev.testudo.linux.process.Command;
import dev.testudo.linux.process.Exit;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ProgramSignalsTest {
  @TempDir private Path folder;

  private Child stubborn() throws IOException {
    var child =
        Child.spawn(
            new Command(
                Path.of("/bin/sh"),
                List.of("sh", "-c", "trap '' TERM; : > ready; while :; do :; done"),
                Map.of(),
                Optional.of(folder),
                Command.Input.EMPTY));
    while (!Files.exists(folder.resolve("ready"))) {
      Thread.onSpinWait();
    }
    return child;
  }

  @Test
  void aSignalBeforeTheProgramRunsInterruptsTheAgent() {
    var signals = new ProgramSignals(Thread.currentThread(), Duration.ZERO);
    signals.deliver(15);
    assertTrue(Thread.interrupted());
    assertEquals(OptionalInt.of(15), signals.early());
  }

  @Test
  void aSignalThatCameTooEarlyReachesTheProgramAfterAllAndNotTheAgent() throws IOException {
    var signals = new ProgramSignals(Thread.currentThread(), Duration.ZERO);
    signals.deliver(9);
    var child = stubborn();
    signals.started(child);
    assertFalse(Thread.interrupted());
    assertEquals(OptionalInt.empty(), signals.early());
    assertEquals(new Exit.Killed(9), child.await());
  }

  @Test
  void aProgramThatIgnoresTermIsKilledWhenTheInputHasEnded() throws IOException {
    var child = stubborn();
    var signals = new ProgramSignals(Thread.currentThread(), Duration.ofMillis(100));
    signals.started(child);
    signals.endWith(InputStream.nullInputStream());
    assertEquals(new Exit.Killed(9), child.await());
  }

  @Test
  void whileItDrainsTheProgramDoesNotGetTheRequestToStop() throws IOException {
    var child =
        Child.spawn(
            new Command(
                Path.of("/bin/sh"),
                List.of("sh", "-c", "trap '' USR1; exec sleep 300"),
                Map.of(),
                Optional.of(folder),
                Command.Input.EMPTY));
    var signals = new ProgramSignals(Thread.currentThread(), Duration.ZERO);
    var order = new ArrayList<String>();
    signals.drainFor(Duration.ofSeconds(1), () -> order.add("stopping"));
    signals.started(child);
    var begun = System.nanoTime();
    signals.receive(ProgramSignals.SIGTERM);
    assertEquals(List.of("stopping"), order);
    assertEquals(new Exit.Killed(ProgramSignals.SIGTERM), child.await());
    assertTrue(System.nanoTime() - begun >= Duration.ofSeconds(1).toNanos());
  }
}
