package dev.testudo.policy.decision;

import dev.testudo.policy.decision.Decision.Reason;
import dev.testudo.policy.evidence.Paravisor;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// Compares the guest behind a paravisor with a rule. The hardware measures the paravisor only, so
/// a rule without registers would accept every guest that its provider starts.
final class ParavisorAppraisal {
  private ParavisorAppraisal() {}

  static void check(
      SortedMap<Integer, List<Text>> pcrs,
      Optional<Paravisor> paravisor,
      Span place,
      Demands demands) {
    if (pcrs.isEmpty() && paravisor.isPresent()) {
      demands.unmet(
          new Reason(
              ReasonId.GUEST_NOT_MEASURED,
              "pcrs",
              "registers that name the guest",
              "a paravisor of %s, and a rule without `pcrs`".formatted(paravisor.get().provider()),
              place));
    }
    pcrs.forEach(
        (number, accepted) ->
            demands.oneOf(
                ReasonId.OTHER_MEASUREMENT,
                "pcrs " + number,
                accepted,
                paravisor
                    .map(one -> one.pcrs().getOrDefault(number, "none: the TPM signed no such one"))
                    .orElse("none: there is no paravisor")));
  }
}
