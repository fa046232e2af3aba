package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.trust.attest.evidence.Evidence;

/// Compares what a confidential VM was launched for with what the agent is about to start.
@FunctionalInterface
interface LaunchCheck {
  /// Compares nothing.
  LaunchCheck NONE = (_, _) -> {};

  /// The VM must have been launched for the program, as sessions name it.
  LaunchCheck IMAGE =
      (evidence, program) -> LaunchMeasurement.requireImage(evidence, program.measurement());

  /// Checks the evidence of this VM, before anybody sees it.
  ///
  /// @param program what the agent is about to start
  /// @throws AgentFailure if the VM was launched for something else
  void require(Evidence evidence, Measurements.Pending program)
      throws AgentFailure, InterruptedException;
}
