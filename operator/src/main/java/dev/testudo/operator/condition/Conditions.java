package dev.testudo.operator.condition;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes the conditions of a status from findings and the conditions before.
public final class Conditions {
  private final InstantSource clock;

  /// Creates one that reads the time from `clock`.
  public Conditions(InstantSource clock) {
    this.clock = clock;
  }

  /// Returns the conditions for `findings`, in their order. `lastTransitionTime` of a condition
  /// changes only with its status.
  ///
  /// @param before the conditions of the object so far
  /// @param generation the generation of the object that the findings are about
  public List<Condition> of(List<Finding> findings, List<Condition> before, long generation) {
    var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    var all = new ArrayList<Condition>();
    for (var finding : findings) {
      all.add(
          new ConditionBuilder()
              .withType(finding.type())
              .withStatus(finding.truth().text())
              .withReason(finding.reason())
              .withMessage(finding.message())
              .withObservedGeneration(generation)
              .withLastTransitionTime(since(finding, before, now))
              .build());
    }
    return all;
  }

  /// Returns the condition with a type.
  public static Optional<Condition> find(List<Condition> all, String type) {
    return all.stream().filter(one -> type.equals(one.getType())).findFirst();
  }

  private static String since(Finding finding, List<Condition> before, Instant now) {
    return find(before, finding.type())
        .filter(one -> finding.truth().text().equals(one.getStatus()))
        .map(Condition::getLastTransitionTime)
        .orElse(now.toString());
  }
}
