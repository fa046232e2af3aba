package dev.testudo.agent.program;

import dev.testudo.agent.AgentFailure;
import dev.testudo.linux.process.Child;
import dev.testudo.linux.process.Command;
import dev.testudo.linux.process.Exit;
import dev.testudo.linux.process.Prctl;
import dev.testudo.linux.process.Reaper;
import dev.testudo.shield.Shield;
import dev.testudo.shield.ThreadPreparation;
import java.io.IOException;

/// A program under its shield, from its start to its end.
public final class ShieldedProgram {
  private final Child child;

  private ShieldedProgram(Child child) {
    this.child = child;
  }

  /// Starts the program. It gets `signals` from now on, and its orphans become children of
  /// this process.
  ///
  /// @param prepare runs first, on the fresh thread that starts the program
  public static ShieldedProgram start(
      Shield shield, ThreadPreparation prepare, Command command, ProgramSignals signals)
      throws AgentFailure {
    try {
      Prctl.becomeSubreaper();
      var child = shield.launch(prepare, command);
      signals.started(child);
      return new ShieldedProgram(child);
    } catch (IOException e) {
      throw AgentFailure.environment("cannot start " + command.program(), e);
    }
  }

  /// Returns the process id.
  public long pid() {
    return child.pid();
  }

  /// Waits for the program to end. Only the calling thread may wait for children.
  public Exit await() throws AgentFailure {
    try {
      return Reaper.awaitReapingOrphans(child);
    } catch (IOException e) {
      throw AgentFailure.environment("watch the program", e);
    }
  }

  /// Kills the processes that the program has left behind.
  public void killRest() throws AgentFailure {
    try {
      Thread.interrupted();
      Reaper.killAll();
    } catch (IOException e) {
      throw AgentFailure.environment("end what the program has left behind", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
