package dev.testudo.policy.session;

import dev.testudo.policy.substitution.RuntimeTemplate;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a JSON Web Token (RFC 7519) says. CAS signs it with ES384 and adds `iat`, `nbf` and `exp`.
///
/// @param signer a private key on P-384
/// @param validFor the time from `iat` to `exp`
/// @param payload the other claims, all of them text, in the order written
public record JwtRequest(
    SecretDefinition.Key signer, Duration validFor, Map<String, RuntimeTemplate> payload) {
  public JwtRequest {
    payload = Collections.unmodifiableMap(new LinkedHashMap<>(payload));
  }
}
