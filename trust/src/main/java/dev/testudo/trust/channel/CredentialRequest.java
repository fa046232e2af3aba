package dev.testudo.trust.channel;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.tpm.TpmPublic;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;

/// A request to be challenged: only a TPM with both keys can open what CAS answers.
///
/// @param endorsementKey TPMT_PUBLIC
/// @param attestationKey TPMT_PUBLIC
public record CredentialRequest(Octets endorsementKey, Octets attestationKey) {
  /// The longest encoded request, in bytes.
  public static final int LIMIT = 4096;

  /// Encodes the request as JSON.
  public byte[] encode() {
    return Json.write(
        new JsonBuilder()
            .put("endorsement_key", endorsementKey.base64())
            .put("attestation_key", attestationKey.base64())
            .build());
  }

  /// Decodes the result of [#encode()].
  public static CredentialRequest decode(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "request");
    var request =
        new CredentialRequest(key(fields, "endorsement_key"), key(fields, "attestation_key"));
    fields.done();
    return request;
  }

  private static Octets key(JsonMembers fields, String name) throws MessageException {
    return Base64Member.of(fields, name, TpmPublic.MOST_BYTES);
  }
}
