package dev.testudo.policy.decision;

import dev.testudo.policy.session.Security.AccessToken;
import java.util.Optional;

/// The claims about a service, taken from verified evidence and the request that carried it.
///
/// @param measurement 64 lower-case hexadecimal digits
/// @param signer who signed the code; empty if the evidence does not say
/// @param token the token presented, to be compared with the session's access token
/// @param joinToken the state of that token as a join token of the service
public record Claims(
    Isolation isolation,
    String measurement,
    Optional<Signer> signer,
    Optional<AccessToken> token,
    JoinToken joinToken) {

  /// Creates the claims of evidence without a signer in a request without a token.
  public Claims(Isolation isolation, String measurement) {
    this(isolation, measurement, Optional.empty(), Optional.empty(), JoinToken.NONE);
  }

  /// The signer of the code and the product's version, as SGX reports them (MRSIGNER,
  /// ISVPRODID, ISVSVN).
  public record Signer(String mrsigner, int product, int version) {}
}
