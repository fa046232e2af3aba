package dev.testudo.agent.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who may use a volume whose mount others can see.
@Timeout(60)
class ProgramProcessesTest {
  private final ProgramProcesses judge = new ProgramProcesses();
  private final List<ProcessHandle> started = new ArrayList<>();

  @AfterEach
  void end() {
    started.forEach(ProcessHandle::destroyForcibly);
  }

  /// Starts a shell, and returns the number that it prints.
  private record Shell(Process process, int printed) {
    int pid() {
      return (int) process.pid();
    }
  }

  private Shell shell(String script) throws IOException {
    var process = new ProcessBuilder("sh", "-c", script).start();
    started.add(process.toHandle());
    int printed = Integer.parseInt(process.inputReader().readLine());
    ProcessHandle.of(printed).ifPresent(started::add);
    return new Shell(process, printed);
  }

  @Test
  void theProgramAndItsDescendantsAreServedAndNobodyElse() throws IOException {
    var program = shell("sh -c 'sleep 50 & echo $!; wait' & wait");
    var stranger = shell("sleep 50 & echo $!; wait");
    judge.started(program.pid());
    for (int i = 0; i < 2; i++) {
      assertTrue(judge.serves(program.pid()));
      assertTrue(judge.serves(program.printed()));
      assertFalse(judge.serves(stranger.pid()));
      assertFalse(judge.serves(stranger.printed()));
      assertFalse(judge.serves((int) ProcessHandle.current().pid()));
      assertFalse(judge.serves(1));
      assertFalse(judge.serves(0));
      assertFalse(judge.serves(-1));
      assertFalse(judge.serves(Integer.MAX_VALUE));
    }
  }

  @Test
  void anOrphanIsServedOnlyIfItWasBefore() throws Exception {
    var program = shell("sleep 50 & echo $!; wait");
    var unknown = shell("sleep 50 & echo $!; wait");
    judge.started(program.pid());
    assertTrue(judge.serves(program.printed()));
    for (var shell : List.of(program, unknown)) {
      assertTrue(shell.process().toHandle().destroyForcibly());
      assertTrue(shell.process().waitFor(20, TimeUnit.SECONDS));
    }
    assertTrue(judge.serves(program.printed()));
    assertFalse(judge.serves(unknown.printed()));
    assertEquals(List.of(), ProcessHandle.of(program.pid()).stream().toList());
    assertFalse(judge.serves(program.pid()));
  }

  @Test
  void theAgentIsNoDescendantOfTheProgram() throws IOException {
    var program = shell("sleep 50 & echo $!; wait");
    judge.started(ProcessHandle.current().parent().orElseThrow().pid());
    assertFalse(judge.serves((int) ProcessHandle.current().pid()), "the agent itself");
    assertFalse(judge.serves(program.pid()), "the parent of a stranger is the agent");
  }
}
