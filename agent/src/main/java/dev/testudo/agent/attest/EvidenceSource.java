package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.policy.evidence.Isolation;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.ReportData;

/// Creates the evidence that an agent shows to CAS. Each kind of evidence has one implementation. A
/// [dev.testudo.trust.attest.Verifier] verifies it.
public interface EvidenceSource {
  /// Returns what vouches for the program.
  Isolation isolation();

  /// Returns the measurement by which a policy identifies the program. Waits until it is known.
  Measurement measurement() throws AgentFailure, InterruptedException;

  /// Returns evidence that is bound to a key and to a nonce of CAS. Called for each attempt.
  Evidence of(ReportData reportData) throws AgentFailure, InterruptedException;

  /// Returns the same evidence without the content of the image, to keep while the program runs.
  /// Waits until the image is measured.
  EvidenceSource kept() throws AgentFailure, InterruptedException;
}
