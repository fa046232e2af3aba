package dev.testudo.trust.attest.eventlog;

import dev.testudo.trust.attest.evidence.Field;
import java.util.ArrayList;
import java.util.List;

/// Describes event logs to people, field by field.
public final class EventLogFields {
  private EventLogFields() {}

  /// Returns the fields of a log that is not compared with registers.
  public static List<Field> describe(EventLog log) {
    var events = new ArrayList<Field>();
    for (var event : log.events()) {
      events.add(event(log.form().bank(), events.size() + 1, EventContent.of(event)));
    }
    var registers = new ArrayList<Field>();
    var replayed = log.replay();
    for (var number = 0; number < replayed.size(); number++) {
      if (log.form().bank() == RegisterBank.RTMR || log.mentions(number)) {
        var name = log.form().bank().name() + number;
        registers.add(Field.of(name, replayed.get(number).hex(), ""));
      }
    }
    return List.of(
        Field.of("events", "" + log.events().size(), "that extended a register"),
        Field.group("registers that the events give", registers),
        Field.group("event list", events));
  }

  private static Field event(RegisterBank bank, int number, EventContent content) {
    var event = content.event();
    var type = EventType.of(event.type()).map(EventType::meaning).orElse("");
    var says =
        Field.of(
            "says",
            content.text(),
            content.confirmed() ? "its digest is a hash of this" : "no digest covers this");
    return new Field(
        "%d, %s%d, %s".formatted(number, bank, event.register(), EventType.name(event.type())),
        "",
        type,
        List.of(Field.of("digest", event.digest().hex(), ""), says));
  }
}
