package dev.testudo.trust.channel;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;

/// What TPM2_ActivateCredential opens (TPM 2.0, part 1, section 24).
///
/// @param blob the credential, encrypted and authenticated (TPMS_ID_OBJECT)
/// @param secret the seed of the keys for it, encrypted with the endorsement key
public record CredentialChallenge(Octets blob, Octets secret) {
  /// The longest encoded challenge, and the most bytes of each part.
  static final int LIMIT = 4096;

  private static final int MOST_BLOB = 256;
  private static final int MOST_SECRET = 512;

  /// Encodes the challenge as JSON.
  public byte[] encode() {
    return Json.write(
        new JsonBuilder().put("blob", blob.base64()).put("secret", secret.base64()).build());
  }

  /// Decodes the result of [#encode()].
  public static CredentialChallenge decode(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "answer");
    var challenge =
        new CredentialChallenge(
            Base64Member.of(fields, "blob", MOST_BLOB),
            Base64Member.of(fields, "secret", MOST_SECRET));
    fields.done();
    return challenge;
  }
}
