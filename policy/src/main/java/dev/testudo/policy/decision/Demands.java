package dev.testudo.policy.decision;

import dev.testudo.policy.decision.Decision.Reason;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The demands of one rule, each met or not.
final class Demands {
  private final List<Reason> unmet = new ArrayList<>();
  private int all;

  /// Returns the number of demands.
  int all() {
    return all;
  }

  /// Returns those that are not met.
  List<Reason> unmet() {
    return List.copyOf(unmet);
  }

  /// Adds a demand that is not met.
  void unmet(Reason reason) {
    all++;
    unmet.add(reason);
  }

  /// Adds a demand.
  void that(boolean met, Supplier<Reason> reason) {
    if (met) {
      all++;
    } else {
      unmet(reason.get());
    }
  }

  /// Adds a demand that a value is one of several.
  void oneOf(ReasonId id, String name, List<Text> accepted, String seen) {
    that(
        accepted.stream().anyMatch(text -> text.value().equals(seen)),
        () -> {
          var expected = accepted.stream().map(Text::value).collect(Collectors.joining(" or "));
          return new Reason(id, name, expected, seen, accepted.getFirst().span());
        });
  }

  /// Adds a demand that a number lies between two others, both included.
  void between(
      String name, Optional<Integer> least, Optional<Integer> most, long seen, Span place) {
    least.ifPresent(
        bound -> that(seen >= bound, () -> version(name, "at least " + bound, seen, place)));
    most.ifPresent(
        bound -> that(seen <= bound, () -> version(name, "at most " + bound, seen, place)));
  }

  private static Reason version(String name, String expected, long seen, Span place) {
    return new Reason(ReasonId.VERSION_OUT_OF_RANGE, name, expected, "" + seen, place);
  }
}
