package dev.testudo.trust.channel;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The report on a refused request, taken from the audit log of CAS. For callers that
/// may read the session.
///
/// @param caller the hash of the caller's key, if it presented one
/// @param address the address that the request came from
/// @param action the requested action, such as `attest`
/// @param subject the session or service concerned
/// @param reason the id of the refusal
/// @param details expected values, seen values, and the places in the policy
public record RefusalReport(
    Instant at,
    Optional<String> caller,
    String address,
    String action,
    String subject,
    String reason,
    List<String> details) {
  static final int LIMIT = 256 << 10;

  /// Copies the list.
  public RefusalReport {
    details = List.copyOf(details);
  }

  /// Returns the report in a line of the audit log; empty if the line is not about a refusal.
  public static Optional<RefusalReport> ofAuditLine(byte[] line) throws MessageException {
    var fields = JsonMembers.read(line, LIMIT, "audit line");
    return fields.text("event").equals("refused") ? Optional.of(members(fields)) : Optional.empty();
  }

  /// Encodes the report as JSON.
  public byte[] encode() {
    return Json.write(write(new JsonBuilder()).build());
  }

  /// Adds the members of the report to an object.
  JsonBuilder write(JsonBuilder json) {
    return json.put("at", at.toString())
        .put("caller", caller)
        .put("address", address)
        .put("action", action)
        .put("subject", subject)
        .put("reason", reason)
        .put("details", details);
  }

  /// Decodes the result of [#encode()].
  public static RefusalReport decode(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "refusal");
    var report = members(fields);
    fields.done();
    return report;
  }

  static RefusalReport members(JsonMembers fields) throws MessageException {
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
