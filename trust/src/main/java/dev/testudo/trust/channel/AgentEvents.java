package dev.testudo.trust.channel;

import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.status.SecuredConnection;
import dev.testudo.trust.status.Traffic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// Reads and writes agent events as lines of JSON, one event per line.
public final class AgentEvents {
  /// The longest line, in bytes, without its newline.
  public static final int LIMIT = 64 << 10;

  private AgentEvents() {}

  /// An event with its time and the id of its service.
  public record Line(Instant at, String service, AgentEvent event) {}

  /// Returns one line without newline.
  public static String write(Line line) {
    var json = new JsonBuilder().put("at", line.at().toString()).put("service", line.service());
    switch (line.event()) {
      case AgentEvent.Attested e ->
          json.put("event", "attested")
              .put("evidence", e.evidenceKind())
              .put("measurement", e.measurement().hex());
      case AgentEvent.Started e ->
          json.put("event", "started").put("pid", e.pid()).put("program", e.program());
      case AgentEvent.Listening e ->
          json.put("event", "listening")
              .put("rule", e.rule())
              .put("address", e.address())
              .put("mode", e.mode());
      case AgentEvent.Opened e -> e.connection().write(json.put("event", "opened"));
      case AgentEvent.Closed e ->
          e.traffic()
              .write(e.connection().write(json.put("event", "closed")))
              .put("millis", e.millis())
              .put("reason", e.reason());
      case AgentEvent.Refused e ->
          json.put("event", "refused")
              .put("operation", e.operation())
              .put("target", e.target())
              .put("rule", e.rule())
              .put("reason", e.reason());
      case AgentEvent.Renewed e -> json.put("event", "renewed").put("changes", e.changes());
      case AgentEvent.NotRenewed e ->
          json.put("event", "not-renewed")
              .put("reason", e.reason())
              .put("request", e.request())
              .put("seconds_left", e.secondsLeft());
      case AgentEvent.Exited e -> json.put("event", "exited").put("code", e.code());
      case AgentEvent.Failed e ->
          json.put("event", "failed").put("message", e.message()).put("request", e.request());
    }
    return Json.writeText(json.build());
  }

  /// Parses one line without its newline.
  public static Line parse(String line) throws MessageException {
    var fields = JsonMembers.read(line.getBytes(StandardCharsets.UTF_8), LIMIT, "event");
    var read = new Line(fields.instant("at"), fields.text("service"), event(fields));
    fields.done();
    return read;
  }

  private static AgentEvent event(JsonMembers fields) throws MessageException {
    return switch (fields.text("event")) {
      case "attested" -> new AgentEvent.Attested(fields.text("evidence"), measurement(fields));
      case "started" -> new AgentEvent.Started(fields.natural("pid"), fields.text("program"));
      case "listening" ->
          new AgentEvent.Listening(
              fields.text("rule"), fields.text("address"), fields.text("mode"));
      case "opened" -> new AgentEvent.Opened(SecuredConnection.read(fields));
      case "closed" ->
          new AgentEvent.Closed(
              SecuredConnection.read(fields),
              Traffic.read(fields),
              fields.natural("millis"),
              fields.text("reason"));
      case "refused" ->
          new AgentEvent.Refused(
              fields.text("operation"),
              fields.text("target"),
              fields.text("rule"),
              fields.text("reason"));
      case "renewed" -> new AgentEvent.Renewed(fields.texts("changes"));
      case "not-renewed" ->
          new AgentEvent.NotRenewed(
              fields.text("reason"),
              fields.optionalText("request"),
              fields.natural("seconds_left"));
      case "exited" -> new AgentEvent.Exited((int) fields.number("code", 0, 255));
      case "failed" ->
          new AgentEvent.Failed(fields.text("message"), fields.optionalText("request"));
      default -> throw fields.wrong("event", "a known event");
    };
  }

  private static Measurement measurement(JsonMembers fields) throws MessageException {
    return Measurement.parse(fields.text("measurement"))
        .orElseThrow(() -> fields.wrong("measurement", "a measurement"));
  }
}
