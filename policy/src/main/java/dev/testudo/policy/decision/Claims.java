package dev.testudo.policy.decision;

import dev.testudo.policy.session.Security.AccessToken;
import java.util.Optional;

/// What verified evidence, and the request that carried it, say about a service.
///
/// @param measurement 64 hexadecimal digits, lower case
/// @param signer who signed the code, where the evidence says so
/// @param token the token presented, as it is compared with the session's access token
/// @param joinToken what that token is as a join token of the service
public record Claims(
    Isolation isolation,
    String measurement,
    Optional<Signer> signer,
    Optional<AccessToken> token,
    JoinToken joinToken) {

  /// Claims of evidence without a signer, in a request without a token.
  public Claims(Isolation isolation, String measurement) {
    this(isolation, measurement, Optional.empty(), Optional.empty(), JoinToken.NONE);
  }

  /// The signer of the code and the product's version.
  public record Signer(String mrsigner, int product, int version) {}
}
