package dev.testudo.cli.up;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.cli.board.ServiceState;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.trust.channel.AgentEvent;
import org.junit.jupiter.api.Test;

class EndingsTest {
  private final Endings endings = new Endings();

  private void assertEnding(int code, ServiceState state, ExitCode exit, String line) {
    assertEquals(new Endings.Ending(state, exit, line), endings.of("api", code));
  }

  @Test
  void aProgramThatEndsWithZeroHasFinished() {
    endings.heard("api", new AgentEvent.Exited(0));
    assertEnding(0, ServiceState.FINISHED, ExitCode.DONE, "service api finished");
  }

  @Test
  void aProgramsOwnExitCodeIsNotMistakenForARefusal() {
    endings.heard("api", new AgentEvent.Exited(4));
    assertEnding(
        4, ServiceState.FAILED, ExitCode.ENVIRONMENT_FAILED, "service api ended with exit code 4");
  }

  @Test
  void aRefusalCarriesItsReason() {
    endings.heard("api", new AgentEvent.Failed("refused: the measurement is another one"));
    assertEnding(
        4,
        ServiceState.REFUSED,
        ExitCode.REFUSED,
        "service api was refused: the measurement is another one");
  }

  @Test
  void aKilledProgramIsToldByItsSignal() {
    endings.heard("api", new AgentEvent.Exited(137));
    assertEnding(
        137,
        ServiceState.FAILED,
        ExitCode.ENVIRONMENT_FAILED,
        "service api ended by signal 9 (KILL)");
  }

  @Test
  void aKilledAgentIsToldApartFromItsProgram() {
    assertEnding(
        137,
        ServiceState.FAILED,
        ExitCode.ENVIRONMENT_FAILED,
        "the agent of service api ended by signal 9 (KILL)");
  }
}
