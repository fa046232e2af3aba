package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.trust.attest.evidence.Measurement;

/// What was measured, or still is.
///
/// @param image the measurement of the image alone
/// @param program that of image and agent, which sessions, initdata and launched VMs name
record Measurements(Pending image, Pending program) {
  /// A measurement, which may still be computed.
  interface Pending {
    /// Waits for it.
    Measurement measurement() throws AgentFailure, InterruptedException;
  }
}
