package dev.testudo.cas.issue;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cas.issue.SecretValue.KeyValue;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.policy.session.JwtRequest;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Base64;

/// Makes JSON Web Tokens (RFC 7519), signed with ECDSA on P-384 and SHA-384 (`ES384`, RFC 7518).
final class JwtIssuing {
  /// The most bytes of all claims together.
  private static final int MOST_BYTES = 1 << 16;

  private static final int ORDER_BITS = 384;
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private JwtIssuing() {}

  /// Returns a token that is valid from now on.
  ///
  /// @throws Refused if the key cannot sign, or a value in the payload is not available
  static Secret token(
      JwtRequest request, KeyValue key, SessionSecrets secrets, SecureRandom random, Instant now)
      throws Refused, IOException {
    var claims = new JsonBuilder();
    var expansion = new Expansion(secrets, MOST_BYTES, "the payload of a token");
    for (var claim : request.payload().entrySet()) {
      claims.put(claim.getKey(), expansion.text(claim.getValue()));
    }
    claims
        .put("iat", now.getEpochSecond())
        .put("nbf", now.getEpochSecond())
        .put("exp", now.plus(request.validFor()).getEpochSecond());
    var header = new JsonBuilder().put("alg", "ES384").put("typ", "JWT").build();
    var signed = part(Json.write(header)) + "." + part(Json.write(claims.build()));
    return Secret.ofText(signed + "." + part(signature(key, signed.getBytes(UTF_8), random)));
  }

  private static String part(byte[] bytes) {
    return BASE64.encodeToString(bytes);
  }

  private static byte[] signature(KeyValue key, byte[] text, SecureRandom random) throws Refused {
    if (!(key.key() instanceof ECPrivateKey ec)
        || ec.getParams().getOrder().bitLength() != ORDER_BITS) {
      throw new Refused(
          RefusalId.SECRET_UNAVAILABLE, "the signer of a token is not a private key on P-384");
    }
    try {
      var signature = Signature.getInstance("SHA384withECDSAinP1363Format");
      signature.initSign(ec, random);
      signature.update(text);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot sign", e);
    }
  }
}
