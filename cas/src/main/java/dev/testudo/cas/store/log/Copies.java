package dev.testudo.cas.store.log;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonNumber;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.MessageException;
import java.util.Map;
import java.util.TreeMap;

/// How far each copy of the audit log is durable. Each process over one database has a copy.
///
/// @param last the number of the last durable line of each process, by its name
public record Copies(Map<String, Long> last) {
  /// The name of the only process, if the database is not shared.
  public static final String ALONE = "local";

  /// No copy has a line.
  static final Copies NONE = new Copies(Map.of());

  /// The most copies. Of more, those that are the furthest behind are forgotten.
  private static final int MOST = 16;

  /// Copies the map.
  public Copies {
    last = Map.copyOf(last);
  }

  long of(String process) {
    return last.getOrDefault(process, 0L);
  }

  Copies with(String process, long number) {
    var more = new TreeMap<>(last);
    more.put(process, number);
    while (more.size() > MOST) {
      var furthestBehind =
          more.entrySet().stream()
              .filter(one -> !one.getKey().equals(process))
              .min(Map.Entry.comparingByValue())
              .orElseThrow();
      more.remove(furthestBehind.getKey());
    }
    return new Copies(more);
  }

  JsonValue encode() {
    var object = new JsonBuilder();
    new TreeMap<>(last).forEach(object::put);
    return object.build();
  }

  /// Reads what [#encode()] wrote, or the single number of format 3.
  static Copies decode(JsonMembers head, String name) throws MessageException {
    var found = head.optional(name);
    if (found.isPresent() && found.get() instanceof JsonNumber) {
      return NONE.with(ALONE, head.natural(name));
    }
    var copies = NONE;
    if (found.isPresent() && found.get() instanceof JsonObject(var members)) {
      var numbers = head.object(name);
      for (var process : members.keySet()) {
        copies = copies.with(process, numbers.natural(process));
      }
      numbers.done();
    }
    return copies;
  }
}
