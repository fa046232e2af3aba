package dev.testudo.image.oci;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// How a runtime finds out whether a container works. Docker's extension of the configuration.
///
/// @param test the command: `NONE`, `CMD` and arguments, or `CMD-SHELL` and a script; empty to
///     inherit that of the base
/// @param interval the time between two checks
/// @param timeout how long a check may take
/// @param startPeriod how long failures do not count
/// @param retries how many failures in a row count
/// @param others members that Testudo does not know
public record Healthcheck(
    List<String> test,
    Optional<Duration> interval,
    Optional<Duration> timeout,
    Optional<Duration> startPeriod,
    Optional<Integer> retries,
    Map<String, JsonValue> others) {
  /// Copies the collections.
  public Healthcheck {
    test = List.copyOf(test);
    others = Map.copyOf(others);
  }

  static Healthcheck read(JsonValue value, String where) throws MessageException {
    var members = OciJson.members(value, where);
    return new Healthcheck(
        members.optionalTexts("Test"),
        duration(members, "Interval"),
        duration(members, "Timeout"),
        duration(members, "StartPeriod"),
        members.has("Retries")
            ? Optional.of((int) members.number("Retries", 0, Integer.MAX_VALUE))
            : Optional.empty(),
        members.rest());
  }

  /// Durations are whole nanoseconds.
  private static Optional<Duration> duration(JsonMembers members, String name)
      throws MessageException {
    return members.has(name)
        ? Optional.of(Duration.ofNanos(members.natural(name)))
        : Optional.empty();
  }

  JsonValue json() {
    var json = new JsonBuilder();
    if (!test.isEmpty()) {
      json.put("Test", test);
    }
    interval.ifPresent(time -> json.put("Interval", time.toNanos()));
    timeout.ifPresent(time -> json.put("Timeout", time.toNanos()));
    startPeriod.ifPresent(time -> json.put("StartPeriod", time.toNanos()));
    retries.ifPresent(number -> json.put("Retries", number));
    new TreeMap<>(others).forEach(json::put);
    return json.build();
  }
}
