package dev.testudo.trust.channel;

import dev.testudo.trust.attest.Evidence;
import dev.testudo.trust.attest.Measurement;
import dev.testudo.trust.attest.ReportData;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
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
            .put("evidence", encode(evidence))
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
            decode(fields.object("evidence")),
            fields.optionalText("token").map(Secret::ofText));
    fields.done();
    return request;
  }

  private static JsonValue encode(Evidence evidence) {
    return switch (evidence) {
      case Evidence.Software software ->
          new JsonBuilder()
              .put("kind", software.kind())
              .put("measurement", software.measurement().hex())
              .put("report_data", software.reportData().hex())
              .build();
    };
  }

  private static Evidence decode(JsonMembers fields) throws MessageException {
    var kind = fields.text("kind");
    if (!kind.equals("software")) {
      throw fields.wrong("kind", "a kind of evidence that is known here");
    }
    try {
      var measurement = new Measurement(fields.text("measurement"));
      var reportData = new ReportData(fields.text("report_data"));
      fields.done();
      return new Evidence.Software(measurement, reportData);
    } catch (IllegalArgumentException e) {
      throw new MessageException("`attestation.evidence` is malformed");
    }
  }
}
