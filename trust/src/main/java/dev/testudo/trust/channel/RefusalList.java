package dev.testudo.trust.channel;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.MessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The latest refusals that concern a session, the newest first.
///
/// @param entries the refusals
public record RefusalList(List<Entry> entries) {
  private static final int LIMIT = 4 << 20;

  /// Copies the list.
  public RefusalList {
    entries = List.copyOf(entries);
  }

  /// A refusal with the name of its request.
  public record Entry(String request, RefusalReport report) {
    /// Returns the refusal in a line of the audit log; empty if the line is not about one.
    public static Optional<Entry> ofAuditLine(byte[] line) throws MessageException {
      var report = RefusalReport.ofAuditLine(line);
      var request = JsonMembers.read(line, RefusalReport.LIMIT, "line").optionalText("request");
      return report.isPresent() && request.isPresent()
          ? Optional.of(new Entry(request.get(), report.get()))
          : Optional.empty();
    }
  }

  /// Encodes the list as JSON.
  public byte[] encode() {
    var all = new ArrayList<JsonValue>();
    for (var entry : entries) {
      var json = new JsonBuilder().put("request", entry.request());
      all.add(entry.report().write(json).build());
    }
    return Json.write(new JsonBuilder().put("refusals", new JsonArray(all)).build());
  }

  /// Decodes the result of [#encode()].
  public static RefusalList decode(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "answer");
    var entries = new ArrayList<Entry>();
    for (var value : fields.array("refusals")) {
      var members = JsonMembers.of(value, "refusal");
      entries.add(new Entry(members.text("request"), RefusalReport.members(members)));
      members.done();
    }
    fields.done();
    return new RefusalList(entries);
  }
}
