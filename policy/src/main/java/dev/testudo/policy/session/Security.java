package dev.testudo.policy.session;

import dev.testudo.policy.source.Span;
import java.util.Optional;
import java.util.Set;

/// What a session asks of the platform, and what it puts up with.
///
/// @param mode whether services must attest
/// @param tolerated weaknesses that do not lead to refusal
/// @param ignoredAdvisories ids like `INTEL-SA-00161`; `*` stands for all
/// @param accessToken what a service must present besides its evidence; confidential
/// @param span where it is written; the session's name where it is not
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

  /// Whether evidence counts that no hardware vouches for.
  public boolean acceptsSoftwareEvidence() {
    return mode == AttestationMode.HARDWARE && tolerated.contains(Tolerance.SOFTWARE_EVIDENCE);
  }

  /// Whether services must attest.
  public enum AttestationMode {
    /// They must.
    HARDWARE,
    /// Whoever reaches CAS gets everything.
    NONE
  }

  /// A token that never prints.
  public record AccessToken(String value) {
    @Override
    public String toString() {
      return "AccessToken[hidden]";
    }
  }
}
