package dev.testudo.policy.session;

import dev.testudo.policy.source.Span;
import dev.testudo.policy.substitution.RuntimeTemplate;
import java.util.List;
import java.util.Optional;

/// What a session requires of the platform, and which weaknesses it tolerates.
///
/// @param mode whether services must attest
/// @param platform which platforms are accepted, and with which weaknesses
/// @param accessToken the token that a service must present besides its evidence; confidential
/// @param oneTimePassword the secret behind the one-time passwords that services must present
/// @param span where it is written, or the session's name if it is not
public record Security(
    AttestationMode mode,
    PlatformTerms platform,
    Optional<AccessToken> accessToken,
    Optional<PasswordSecret> oneTimePassword,
    Span span) {

  /// Returns true if the session accepts evidence that no hardware vouches for.
  public boolean acceptsSoftwareEvidence() {
    return mode == AttestationMode.HARDWARE && platform.tolerates(Tolerance.SOFTWARE_EVIDENCE);
  }

  /// Returns the texts that secrets are inserted into, except for the secret behind passwords.
  public List<RuntimeTemplate> templates() {
    return accessToken.map(AccessToken::template).stream().toList();
  }

  /// Returns the same requirements with another access token.
  public Security withAccessToken(AccessToken token) {
    return new Security(mode, platform, Optional.of(token), oneTimePassword, span);
  }

  /// Whether services must attest.
  public enum AttestationMode {
    /// Services must attest.
    HARDWARE,
    /// Services need not attest: CAS hands the configuration to everybody.
    NONE
  }

  /// A token that services must present. Its text form never contains the value.
  ///
  /// @param template the token, into which CAS inserts secrets
  public record AccessToken(RuntimeTemplate template) {

    /// Returns the token with the given value.
    public static AccessToken of(String value) {
      return new AccessToken(RuntimeTemplate.literal(value));
    }

    /// Returns the value of the token, or empty if a secret is not inserted yet.
    public Optional<String> value() {
      return template.placeholders().isEmpty()
          ? Optional.of(template.expand(_ -> ""))
          : Optional.empty();
    }

    @Override
    public String toString() {
      return "AccessToken[hidden]";
    }
  }
}
