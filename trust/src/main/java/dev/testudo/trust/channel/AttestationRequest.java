package dev.testudo.trust.channel;

import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceJson;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// A program asks for its configuration.
///
/// @param service the service id, `<session>/<service>`
/// @param nonce 64 hexadecimal digits that CAS issued for the same client key
/// @param evidence bound to that key and nonce
/// @param token the service access token, if the program was given one
public record AttestationRequest(
    String service, String nonce, Evidence evidence, Optional<Secret> token) {
  /// Longest encoded request, in bytes.
  public static final int LIMIT = 64 << 10;

  /// As JSON.
  public byte[] encode() {
    var message =
        new JsonBuilder()
            .put("service", service)
            .put("nonce", nonce)
            .put("evidence", EvidenceJson.encode(evidence))
            .put("token", token.map(t -> t.reveal(b -> new String(b, StandardCharsets.UTF_8))));
    return Json.write(message.build());
  }

  /// Reads what [#encode()] wrote.
  public static AttestationRequest decode(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "attestation");
    var request =
        new AttestationRequest(
            fields.text("service"),
            fields.text("nonce"),
            EvidenceJson.decode(fields.object("evidence")),
            fields.optionalText("token").map(Secret::ofText));
    fields.done();
    return request;
  }
}
