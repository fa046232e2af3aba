package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.policy.decision.Isolation;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.ReportData;

/// Makes the evidence that an agent shows to CAS. Each kind of evidence has one implementation
/// here; what verifies it is a [dev.testudo.trust.attest.Verifier].
public interface EvidenceSource {
  /// What vouches for the program.
  Isolation isolation();

  /// What a policy calls the program. Waits until it is known.
  Measurement measurement() throws AgentFailure, InterruptedException;

  /// Evidence that is bound to a key and a nonce of CAS. Called for each attempt.
  Evidence of(ReportData reportData) throws AgentFailure, InterruptedException;
}
