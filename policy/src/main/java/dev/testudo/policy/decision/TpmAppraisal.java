package dev.testudo.policy.decision;

import dev.testudo.policy.evidence.BootedMachine;
import dev.testudo.policy.session.TpmRule;

/// Compares what a machine booted with a rule.
final class TpmAppraisal {
  private static final String ZERO = "0".repeat(64);
  private static final String NOT_SIGNED = "none: the TPM signed no such one";

  private TpmAppraisal() {}

  static void check(TpmRule rule, BootedMachine machine, Demands demands) {
    rule.values()
        .forEach(
            (field, accepted) ->
                demands.oneOf(
                    ReasonId.OTHER_MEASUREMENT,
                    field.toString(),
                    accepted,
                    field.of(machine).orElse("none: the event log has no such one")));
    rule.pcrs()
        .forEach(
            (number, accepted) ->
                demands.oneOf(
                    ReasonId.OTHER_MEASUREMENT,
                    "pcrs " + number,
                    accepted,
                    machine.pcrs().getOrDefault(number, NOT_SIGNED)));
    for (var number : TpmRule.GIVEN) {
      if (!rule.pcrs().containsKey(number)) {
        nothingWasGiven(rule, number, machine.pcrs().getOrDefault(number, NOT_SIGNED), demands);
      }
    }
  }

  private static void nothingWasGiven(TpmRule rule, int number, String seen, Demands demands) {
    demands.that(
        seen.equals(ZERO),
        () ->
            new Decision.Reason(
                ReasonId.GIVEN_FROM_OUTSIDE,
                "pcrs " + number,
                "zero: nothing was given to the image from outside (the rule does not name it)",
                seen,
                rule.span()));
  }
}
