package dev.testudo.policy.decision;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.session.Security.AccessToken;
import java.util.Optional;

/// What a service claims: its verified evidence, and the token it presents with it.
///
/// @param evidence what the verified evidence says
/// @param token the presented token, as it is compared with the session's access token
/// @param joinToken what the presented token is as a join token of the service
/// @param oneTimePassword what the presented one-time password is
public record Claims(
    EvidenceClaims evidence,
    Optional<AccessToken> token,
    JoinToken joinToken,
    OneTimePassword oneTimePassword) {

  /// Claims without a one-time password.
  public Claims(EvidenceClaims evidence, Optional<AccessToken> token, JoinToken joinToken) {
    this(evidence, token, joinToken, OneTimePassword.NONE);
  }

  /// Returns the same claims with a one-time password.
  public Claims with(OneTimePassword password) {
    return new Claims(evidence, token, joinToken, password);
  }

  /// Returns the claims of a service that presents no token.
  public static Claims withoutToken(EvidenceClaims evidence) {
    return new Claims(evidence, Optional.empty(), JoinToken.NONE);
  }
}
