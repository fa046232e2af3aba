package dev.testudo.trust.attest.evidence;

import dev.testudo.policy.decision.Isolation;

/// What a program shows about itself, as it was received: nobody has verified it, so it has no
/// claims to read. [dev.testudo.trust.attest.Verifier] turns it into claims or rejects it.
///
/// Each kind of evidence is one record. A new one makes the compiler name every place that must
/// know it: [EvidenceJson] and [dev.testudo.trust.attest.Verifier].
public sealed interface Evidence {
  /// What vouches for the program if the evidence is genuine.
  Isolation isolation();

  /// Measurements that the agent took itself. No hardware stands behind them: whoever controls the
  /// machine can claim anything, so a policy must tolerate them.
  ///
  /// @param image what the image brings; the same on every machine
  /// @param machine what this machine adds: the agent and the machine's own files
  /// @param reportData the key and nonce that the evidence is bound to
  record Software(Measurement image, Measurement machine, ReportData reportData)
      implements Evidence {
    @Override
    public Isolation isolation() {
      return Isolation.SOFTWARE;
    }
  }
}
