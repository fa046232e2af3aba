package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Measurement;

/// Compares what a confidential VM was launched for with what the agent is about to start.
@FunctionalInterface
interface LaunchCheck {
  /// Compares nothing.
  LaunchCheck NONE = (_, _) -> {};

  /// The VM must have been launched for the image.
  LaunchCheck IMAGE =
      (evidence, image) -> LaunchMeasurement.requireImage(evidence, image.measurement());

  /// The measurement of the image, which may still be computed.
  interface Image {
    /// Waits for it.
    Measurement measurement() throws AgentFailure, InterruptedException;
  }

  /// Checks the evidence of this VM, before anybody sees it.
  ///
  /// @throws AgentFailure if the VM was launched for something else
  void require(Evidence evidence, Image image) throws AgentFailure, InterruptedException;
}
