package dev.testudo.policy.decision;

import dev.testudo.policy.session.Security.AccessToken;
import java.util.Optional;

/// What a service claims: its verified evidence, and the token it presents with it.
///
/// @param evidence what the verified evidence says
/// @param token the presented token, as it is compared with the session's access token
/// @param joinToken what the presented token is as a join token of the service
public record Claims(EvidenceClaims evidence, Optional<AccessToken> token, JoinToken joinToken) {

  /// Returns the claims of a service that presents no token.
  public static Claims withoutToken(EvidenceClaims evidence) {
    return new Claims(evidence, Optional.empty(), JoinToken.NONE);
  }
}
