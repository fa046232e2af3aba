package dev.testudo.policy.session;

import dev.testudo.policy.source.Span;
import java.util.Optional;
import java.util.Set;

/// What a session requires of the platform, and which weaknesses it tolerates.
///
/// @param mode whether services must attest
/// @param tolerated weaknesses that do not lead to refusal
/// @param ignoredAdvisories ids like `INTEL-SA-00161`; `*` stands for all
/// @param accessToken the token that a service must present besides its evidence; confidential
/// @param span where it is written, or the session's name if it is not
public record Security(
    AttestationMode mode,
    Set<Tolerance> tolerated,
    Set<String> ignoredAdvisories,
    Optional<AccessToken> accessToken,
    Span span) {
  public Security {
    tolerated = Set.copyOf(tolerated);
    ignoredAdvisories = Set.copyOf(ignoredAdvisories);
  }

  /// Returns true if the session accepts evidence that no hardware vouches for.
  public boolean acceptsSoftwareEvidence() {
    return mode == AttestationMode.HARDWARE && tolerated.contains(Tolerance.SOFTWARE_EVIDENCE);
  }

  /// Whether services must attest.
  public enum AttestationMode {
    /// Services must attest.
    HARDWARE,
    /// Services need not attest: CAS hands the configuration to everybody.
    NONE
  }

  /// A token. Its text form never contains the value.
  public record AccessToken(String value) {
    @Override
    public String toString() {
      return "AccessToken[hidden]";
    }
  }
}
