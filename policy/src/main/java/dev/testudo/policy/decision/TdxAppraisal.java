package dev.testudo.policy.decision;

import dev.testudo.policy.decision.Decision.Reason;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.session.TdxField;
import dev.testudo.policy.session.TdxRule;

/// Compares a TDX trust domain with a rule.
final class TdxAppraisal {
  private TdxAppraisal() {}

  static void check(TdxRule rule, EvidenceClaims.Tdx tdx, Demands demands) {
    var domain = tdx.domain();
    rule.values()
        .forEach(
            (field, accepted) ->
                demands.oneOf(
                    ReasonId.OTHER_MEASUREMENT, field.toString(), accepted, field.of(domain)));
    if (!rule.values().containsKey(TdxField.MRSERVICETD) && domain.module().hasServiceDomain()) {
      demands.unmet(
          new Reason(
              ReasonId.SERVICE_DOMAIN_BOUND,
              "mrservicetd",
              "no service domain (the rule has no `mrservicetd`)",
              domain.module().mrservicetd(),
              rule.span()));
    }
    ParavisorAppraisal.check(rule.pcrs(), tdx.paravisor(), rule.span(), demands);
  }
}
