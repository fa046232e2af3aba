package dev.testudo.cli.attest;

import dev.testudo.policy.decision.Decision;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.trust.attest.eventlog.ReplayedLog;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import java.time.Instant;
import java.util.Optional;

/// Everything that `testudo attest verify` found out.
///
/// @param evidence what was verified, such as `quote of a TDX domain`
/// @param at the instant of verification
/// @param bound whether the binding to a key and nonce was to be checked
/// @param verification the result of the verifier
/// @param log the event log compared with the registers; only if the evidence is genuine
/// @param policy the decision of a policy; only if the evidence is genuine
public record EvidenceVerdict(
    String evidence,
    Instant at,
    boolean bound,
    Verification verification,
    Optional<ReplayedLog> log,
    Optional<Policy> policy) {

  /// The decision of a policy.
  ///
  /// @param name the session and the service
  public record Policy(String name, Decision decision) {
    /// Returns whether the service would get its configuration.
    public boolean accepts() {
      return decision instanceof Decision.Accepted;
    }
  }

  /// Returns the claims, if the evidence is genuine.
  public Optional<EvidenceClaims> claims() {
    return verification instanceof Verified verified
        ? Optional.of(verified.claims())
        : Optional.empty();
  }

  /// Returns whether everything holds that was to be checked.
  public boolean holds() {
    return claims().isPresent()
        && log.map(ReplayedLog::holds).orElse(true)
        && policy.map(Policy::accepts).orElse(true);
  }
}
