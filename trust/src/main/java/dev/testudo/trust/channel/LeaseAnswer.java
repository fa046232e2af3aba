package dev.testudo.trust.channel;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What CAS answers about one volume. Times are relative, so that the clocks of CAS and agent may
/// differ.
public sealed interface LeaseAnswer {
  /// The longest time in an answer, in milliseconds.
  long MOST_MILLIS = 86_400_000;

  /// The longest reason, in characters.
  int MOST_CHARACTERS = 1024;

  /// The mount has the volume.
  ///
  /// @param fence the number of the lease
  /// @param position what CAS has; empty if it has never had a tag
  /// @param validFor how long the lease is valid, counted from the request
  record Granted(long fence, Optional<StoredTag> position, Duration validFor)
      implements LeaseAnswer {}

  /// The mount is ephemeral: it reads the volume in this state and throws its changes away, so it
  /// needs no lease.
  record Shared(Optional<StoredTag> position) implements LeaseAnswer {}

  /// Another mount has the volume.
  ///
  /// @param by the service whose mount it is
  /// @param until how long its lease is valid unless it is renewed
  record Held(String by, Duration until) implements LeaseAnswer {}

  /// CAS did what was asked.
  record Done() implements LeaseAnswer {}

  /// The lease is over, and will not come back: another mount may have the volume.
  ///
  /// @param reason why, in words
  record Lost(String reason) implements LeaseAnswer {}

  /// CAS has another state than the request names. Nothing was stored.
  ///
  /// @param position what CAS has
  record Conflict(Optional<StoredTag> position) implements LeaseAnswer {}

  /// Returns the answer as JSON.
  private JsonValue json() {
    return switch (this) {
      case Granted(var fence, var position, var validFor) ->
          with(
              position,
              outcome("granted").put("fence", fence).put("valid_for", validFor.toMillis()));
      case Shared(var position) -> with(position, outcome("shared"));
      case Held(var by, var until) ->
          outcome("held").put("by", by).put("until", until.toMillis()).build();
      case Done() -> outcome("done").build();
      case Lost(var reason) -> outcome("lost").put("reason", reason).build();
      case Conflict(var position) -> with(position, outcome("conflict"));
    };
  }

  private static JsonBuilder outcome(String word) {
    return new JsonBuilder().put("outcome", word);
  }

  private static JsonValue with(Optional<StoredTag> position, JsonBuilder json) {
    position.ifPresent(known -> json.put("position", known.json()));
    return json.build();
  }

  /// Encodes the answers to one request, in the order of what it asked.
  static byte[] encode(List<LeaseAnswer> answers) {
    var all = answers.stream().map(LeaseAnswer::json).toList();
    return Json.write(new JsonBuilder().put("answers", new JsonValue.JsonArray(all)).build());
  }

  /// Decodes the result of [#encode(List)].
  ///
  /// @param expected how many there must be
  static List<LeaseAnswer> decode(byte[] bytes, int expected) throws MessageException {
    var fields = JsonMembers.read(bytes, LeaseRequest.LIMIT, "answer");
    var answers = new ArrayList<LeaseAnswer>();
    for (var value : fields.array("answers")) {
      answers.add(read(JsonMembers.of(value, "answer")));
    }
    fields.done();
    if (answers.size() != expected) {
      throw new MessageException(
          "CAS gave %d answers to %d questions".formatted(answers.size(), expected));
    }
    return List.copyOf(answers);
  }

  private static LeaseAnswer read(JsonMembers fields) throws MessageException {
    var outcome = fields.text("outcome");
    var answer =
        switch (outcome) {
          case "granted" ->
              new Granted(fields.natural("fence"), position(fields), time(fields, "valid_for"));
          case "shared" -> new Shared(position(fields));
          case "held" -> new Held(text(fields, "by"), time(fields, "until"));
          case "done" -> new Done();
          case "lost" -> new Lost(text(fields, "reason"));
          case "conflict" -> new Conflict(position(fields));
          default -> throw fields.wrong("outcome", "a known word");
        };
    fields.done();
    return answer;
  }

  private static Optional<StoredTag> position(JsonMembers fields) throws MessageException {
    return fields.has("position")
        ? Optional.of(StoredTag.read(fields.object("position")))
        : Optional.empty();
  }

  private static Duration time(JsonMembers fields, String name) throws MessageException {
    return Duration.ofMillis(fields.number(name, 0, MOST_MILLIS));
  }

  private static String text(JsonMembers fields, String name) throws MessageException {
    var text = fields.text(name);
    if (text.length() > MOST_CHARACTERS) {
      throw fields.wrong(name, "a text of at most %d characters".formatted(MOST_CHARACTERS));
    }
    return text;
  }
}
