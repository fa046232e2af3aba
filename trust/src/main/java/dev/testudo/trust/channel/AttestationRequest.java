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

/// A request of a program for its configuration.
///
/// @param service the service id, `<session>/<service>`, or with a one-time password
///     `<session>/<service>@<password>`
/// @param nonce the nonce that CAS issued for the same client key, 64 hexadecimal digits
/// @param evidence the evidence, bound to that key and nonce
/// @param token the service's access token or join token, if the program was given one
/// @param renewal the ticket of the configuration that the program has, if it asks for a newer one
public record AttestationRequest(
    String service,
    String nonce,
    Evidence evidence,
    Optional<Secret> token,
    Optional<String> renewal) {
  /// The longest encoded request, in bytes.
  public static final int LIMIT = 64 << 10;

  /// A request of a program that has no configuration yet.
  public AttestationRequest(
      String service, String nonce, Evidence evidence, Optional<Secret> token) {
    this(service, nonce, evidence, token, Optional.empty());
  }

  /// Returns the type only, because the service id may contain a password.
  @Override
  public String toString() {
    return "AttestationRequest";
  }

  /// Encodes the request as JSON.
  public byte[] encode() {
    var message =
        new JsonBuilder()
            .put("service", service)
            .put("nonce", nonce)
            .put("evidence", EvidenceJson.encode(evidence))
            .put("token", token.map(t -> t.reveal(b -> new String(b, StandardCharsets.UTF_8))))
            .put("renewal", renewal);
    return Json.write(message.build());
  }

  /// Decodes the result of [#encode()].
  public static AttestationRequest decode(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "attestation");
    var request =
        new AttestationRequest(
            fields.text("service"),
            fields.text("nonce"),
            EvidenceJson.decode(fields.object("evidence")),
            fields.optionalText("token").map(Secret::ofText),
            fields.optionalText("renewal"));
    fields.done();
    return request;
  }
}
