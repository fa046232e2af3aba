package dev.testudo.cas.console;

import dev.testudo.cas.export.FollowedLog;
import dev.testudo.trust.audit.AuditLine;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.MessageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the newest part of the audit log says: its last lines, the refusals of the last hour, and
/// who attested in the last day. Reads each line once, from the file, so that the store serves
/// others meanwhile. Not thread-safe.
final class LogView implements AutoCloseable {
  /// The part of the log that is read, in bytes. Older lines are verified but not shown.
  private static final long PART = 16 << 20;

  private static final int MOST_LINES = 100;
  private static final int MOST_REFUSALS = 200;
  private static final int MOST_ATTESTED = 500;
  private static final Duration REFUSED_WITHIN = Duration.ofHours(1);
  private static final Duration ATTESTED_WITHIN = Duration.ofDays(1);

  /// The members of lines that name what the event is about.
  private static final List<String> SUBJECTS = List.of("subject", "service", "session", "version");

  private final Path file;
  private final Deque<JsonValue> newest = new ArrayDeque<>();
  private final Deque<Dated> refusals = new ArrayDeque<>();
  private final Map<String, Dated> attested = new LinkedHashMap<>();
  private @Nullable FollowedLog log;
  private long last;

  /// An event and when it happened.
  private record Dated(Instant at, JsonValue event) {}

  LogView(Path file) {
    this.file = file;
  }

  /// Reads the lines that were added.
  void read() throws IOException {
    if (log == null) {
      log = FollowedLog.fromLast(file, PART);
    }
    for (var line = log.next(); line.isPresent(); line = log.next()) {
      try {
        take(line.get());
      } catch (MessageException e) {
        // A line that is none is for [LogCheck] to report.
      }
    }
  }

  private void take(byte[] line) throws MessageException {
    var fields = JsonMembers.read(line, AuditLine.LIMIT, "audit line");
    var sequence = fields.natural("sequence");
    if (sequence <= last) {
      // A new file repeats lines of the one before.
      return;
    }
    last = sequence;
    var at = fields.instant("at");
    newest.addLast(line(fields, sequence, at));
    if (newest.size() > MOST_LINES) {
      newest.removeFirst();
    }
    switch (fields.text("event")) {
      case "refused" -> {
        refusals.addLast(new Dated(at, refusal(fields, at)));
        if (refusals.size() > MOST_REFUSALS) {
          refusals.removeFirst();
        }
      }
      case "attested", "renewed" -> attested(fields, at);
      default -> {}
    }
  }

  private static JsonValue line(JsonMembers fields, long sequence, Instant at)
      throws MessageException {
    var subject = Optional.<String>empty();
    for (var member : SUBJECTS) {
      subject = subject.isPresent() ? subject : fields.optionalText(member);
    }
    return new JsonBuilder()
        .put("sequence", sequence)
        .put("at", at.toString())
        .put("event", fields.text("event"))
        .put("subject", subject)
        .put("reason", fields.optionalText("reason"))
        .put("caller", fields.optionalText("caller"))
        .put("request", fields.optionalText("request"))
        .build();
  }

  private static JsonValue refusal(JsonMembers fields, Instant at) throws MessageException {
    return new JsonBuilder()
        .put("at", at.toString())
        .put("action", fields.text("action"))
        .put("subject", fields.text("subject"))
        .put("reason", fields.text("reason"))
        .put("details", fields.texts("details"))
        .put("caller", fields.optionalText("caller"))
        .put("address", fields.optionalText("address"))
        .put("request", fields.optionalText("request"))
        .build();
  }

  private void attested(JsonMembers fields, Instant at) throws MessageException {
    var service = fields.text("service");
    var caller = fields.optionalText("caller");
    var event =
        new JsonBuilder()
            .put("at", at.toString())
            .put("service", service)
            .put("session_hash", fields.text("session_hash"))
            .put("evidence", fields.text("evidence"))
            .put("hardware", fields.bool("hardware_attested"))
            .put("measurement", fields.text("measurement"))
            .put("caller", caller)
            .put("address", fields.optionalText("address"))
            .build();
    var instance = service + "\n" + caller.orElse("");
    // The map is in the order of the last attestation.
    attested.remove(instance);
    attested.put(instance, new Dated(at, event));
    if (attested.size() > MOST_ATTESTED) {
      attested.remove(attested.keySet().iterator().next());
    }
  }

  /// Returns the last lines, the newest first.
  JsonArray newest() {
    return new JsonArray(List.copyOf(new ArrayList<>(newest).reversed()));
  }

  /// Returns the refusals of the last hour, the newest first.
  JsonArray refusals(Instant now) {
    return within(refusals, now.minus(REFUSED_WITHIN));
  }

  /// Returns who attested in the last day, each instance once, the newest first.
  JsonArray attested(Instant now) {
    return within(attested.values(), now.minus(ATTESTED_WITHIN));
  }

  private static JsonArray within(Collection<Dated> all, Instant since) {
    all.removeIf(one -> one.at().isBefore(since));
    return new JsonArray(new ArrayList<>(all).reversed().stream().map(Dated::event).toList());
  }

  @Override
  public void close() throws IOException {
    if (log != null) {
      log.close();
    }
  }
}
