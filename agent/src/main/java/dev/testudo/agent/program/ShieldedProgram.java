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

  /// Starts the program. From now on it gets `signals`, and its orphans are ours.
  ///
  /// @param prepare happens first, on the fresh thread that starts it
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

  /// Its process.
  public long pid() {
    return child.pid();
  }

  /// Waits for its end. The calling thread is the only one that waits for children.
  public Exit await() throws AgentFailure {
    try {
      return Reaper.awaitReapingOrphans(child);
    } catch (IOException e) {
      throw AgentFailure.environment("watch the program", e);
    }
  }

  /// Kills what it has left behind.
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
