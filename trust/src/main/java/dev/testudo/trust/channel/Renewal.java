package dev.testudo.trust.channel;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.MessageException;
import java.time.Duration;

/// When values of a configuration end, and how the instance that has it asks for new ones. Times
/// are relative, so that the clocks of CAS and agent may differ.
///
/// @param ticket shows CAS that this instance attested before; of no use without the instance's key
/// @param due the time after which CAS has new values
/// @param end the time after which the first of the present values is invalid
public record Renewal(String ticket, Duration due, Duration end) {
  /// The longest ticket, in characters.
  public static final int MOST_CHARACTERS = 512;

  /// The most seconds. Certificates without an end are not renewed.
  private static final long MOST_SECONDS = 4_000_000_000L;

  JsonObject json() {
    return new JsonBuilder()
        .put("ticket", ticket)
        .put("due", due.toSeconds())
        .put("end", end.toSeconds())
        .build();
  }

  static Renewal read(JsonMembers fields) throws MessageException {
    var renewal =
        new Renewal(
            fields.text("ticket"),
            Duration.ofSeconds(fields.number("due", 0, MOST_SECONDS)),
            Duration.ofSeconds(fields.number("end", 0, MOST_SECONDS)));
    fields.done();
    return renewal;
  }

  /// Returns the times only.
  @Override
  public String toString() {
    return "Renewal[due %s, end %s]".formatted(due, end);
  }
}
