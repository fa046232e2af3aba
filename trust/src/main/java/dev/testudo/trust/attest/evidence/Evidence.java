package dev.testudo.trust.attest.evidence;

import dev.testudo.policy.decision.Isolation;

/// Evidence about a program as it was received, before verification.
/// [dev.testudo.trust.attest.Verifier] turns it into claims or rejects it.
///
/// Each kind of evidence is a record. If one is added, the compiler reports the places that must
/// support it: [EvidenceJson#encode] and [dev.testudo.trust.attest.Verifier]. [EvidenceJson#decode]
/// refuses a kind that it does not read.
public sealed interface Evidence {
  /// Returns what vouches for the program if the evidence is genuine.
  Isolation isolation();

  /// Measurements that the agent took itself. No hardware vouches for them: whoever controls the
  /// machine can claim anything, so a policy must tolerate them.
  ///
  /// @param image the measurement of the image; the same on every machine
  /// @param machine the measurement of what this machine adds: the agent and the
  ///     machine's own files
  /// @param reportData the key and nonce that the evidence is bound to
  record Software(Measurement image, Measurement machine, ReportData reportData)
      implements Evidence {
    @Override
    public Isolation isolation() {
      return Isolation.SOFTWARE;
    }
  }
}
