package dev.testudo.trust.channel;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Why CAS refused a request, as its audit log has it. For those who may read the session.
///
/// @param caller the hash of the key that asked, if one was shown
/// @param address where the request came from
/// @param action what was asked for: `attest`
/// @param subject the session or service it was about
/// @param reason the refusal's id
/// @param details what was expected, what was seen, and where the policy says so
public record RefusalReport(
    Instant at,
    Optional<String> caller,
    String address,
    String action,
    String subject,
    String reason,
    List<String> details) {
  private static final int LIMIT = 256 << 10;

  /// Copies the list.
  public RefusalReport {
    details = List.copyOf(details);
  }

  /// What a line of the audit log tells of a refusal; empty if it tells of something else.
  public static Optional<RefusalReport> ofAuditLine(byte[] line) throws MessageException {
    var fields = JsonMembers.read(line, LIMIT, "audit line");
    return fields.text("event").equals("refused") ? Optional.of(members(fields)) : Optional.empty();
  }

  /// As JSON.
  public byte[] encode() {
    return Json.write(
        new JsonBuilder()
            .put("at", at.toString())
            .put("caller", caller)
            .put("address", address)
            .put("action", action)
            .put("subject", subject)
            .put("reason", reason)
            .put("details", details)
            .build());
  }

  /// Reads what [#encode()] wrote.
  public static RefusalReport decode(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "refusal");
    var report = members(fields);
    fields.done();
    return report;
  }

  private static RefusalReport members(JsonMembers fields) throws MessageException {
    return new RefusalReport(
        fields.instant("at"),
        fields.optionalText("caller"),
        fields.text("address"),
        fields.text("action"),
        fields.text("subject"),
        fields.text("reason"),
        fields.texts("details"));
  }
}
