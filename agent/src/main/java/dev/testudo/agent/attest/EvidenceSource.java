package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.policy.evidence.Isolation;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.channel.Challenger;
import java.io.IOException;

/// Creates the evidence that an agent shows to CAS. Each kind of evidence has one implementation. A
/// [dev.testudo.trust.attest.Verifier] verifies it.
public interface EvidenceSource {
  /// Returns what vouches for the program.
  Isolation isolation();

  /// Returns the measurement by which a policy identifies the program. Waits until it is known.
  Measurement measurement() throws AgentFailure, InterruptedException;

  /// Returns evidence that is bound to a key and to a nonce of CAS. Called for each attempt.
  ///
  /// @param challenger is asked if the evidence must show from which TPM it comes
  /// @throws IOException only if the challenger does
  Evidence of(ReportData reportData, Challenger challenger)
      throws AgentFailure, IOException, InterruptedException;

  /// Returns the same evidence without the content of the image, to keep while the program runs.
  /// Waits until the image is measured.
  EvidenceSource kept() throws AgentFailure, InterruptedException;
}
