package dev.testudo.cas;

import dev.testudo.trust.audit.AuditLine;
import dev.testudo.trust.channel.RefusalReport;
import dev.testudo.trust.json.JsonMembers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads the copy of the audit log in the state of a CAS.
public final class AuditLog {
  private AuditLog() {}

  /// Returns all lines, oldest first.
  public static List<JsonMembers> of(Path state) throws IOException {
    var lines = new ArrayList<JsonMembers>();
    for (var line : Files.readAllLines(state.resolve("audit.jsonl"))) {
      lines.add(line(line.getBytes(StandardCharsets.UTF_8)));
    }
    return lines;
  }

  /// Returns the members of one line.
  public static JsonMembers line(byte[] line) throws IOException {
    return JsonMembers.read(line, AuditLine.LIMIT, "audit line");
  }

  /// Returns the lines of the given event, oldest first.
  public static List<JsonMembers> of(Path state, String event) throws IOException {
    var lines = new ArrayList<JsonMembers>();
    for (var line : of(state)) {
      if (line.text("event").equals(event)) {
        lines.add(line);
      }
    }
    return lines;
  }

  /// Returns the last line, which must be a refusal.
  static RefusalReport lastRefusal(Path state) throws IOException {
    var last = Files.readAllLines(state.resolve("audit.jsonl")).getLast();
    return RefusalReport.ofAuditLine(last.getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }
}
