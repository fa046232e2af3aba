package dev.testudo.trust.attest.evidence;

import dev.testudo.policy.decision.Isolation;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;

/// Reads and writes evidence as JSON, in one form per kind. See `docs/formats/attested-channel.md`.
public final class EvidenceJson {
  private EvidenceJson() {}

  /// Returns the JSON object of `evidence`.
  public static JsonValue encode(Evidence evidence) {
    var object = new JsonBuilder().put("kind", evidence.isolation().toString());
    return switch (evidence) {
      case Evidence.Software software ->
          object
              .put("image", software.image().hex())
              .put("machine", software.machine().hex())
              .put("report_data", software.reportData().hex())
              .build();
    };
  }

  /// Decodes the result of [#encode].
  ///
  /// @throws MessageException if the kind is unknown or a value is malformed
  public static Evidence decode(JsonMembers fields) throws MessageException {
    var kind = fields.text("kind");
    if (!kind.equals(Isolation.SOFTWARE.toString())) {
      throw fields.wrong("kind", "a kind of evidence that is known here");
    }
    try {
      var image = new Measurement(fields.text("image"));
      var machine = new Measurement(fields.text("machine"));
      var reportData = new ReportData(fields.text("report_data"));
      fields.done();
      return new Evidence.Software(image, machine, reportData);
    } catch (IllegalArgumentException e) {
      throw new MessageException("`attestation.evidence` is malformed");
    }
  }
}
