package dev.testudo.policy.decision;

import dev.testudo.policy.decision.Decision.Reason;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.TcbShortfall;
import dev.testudo.policy.session.SnpRule;
import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.stream.Collectors;

/// Compares a SEV-SNP guest and its platform with a rule.
final class SnpAppraisal {
  private static final String MOST_PRIVILEGED = "0";

  private SnpAppraisal() {}

  static void check(SnpRule rule, EvidenceClaims.Snp snp, Demands demands) {
    rule.values()
        .forEach(
            (field, accepted) ->
                demands.oneOf(
                    ReasonId.OTHER_MEASUREMENT, field.toString(), accepted, field.of(snp.guest())));
    var version = snp.guest().owner().guestSvn();
    rule.guestSvn()
        .ifPresent(
            range ->
                demands.between("guest_svn", range.least(), range.most(), version, range.span()));
    privilege(rule, snp.guest().vmpl(), demands);
    firmware(rule, snp, demands);
    chip(rule.platform().chipIds(), snp, demands);
    ParavisorAppraisal.check(rule.pcrs(), snp.paravisor(), rule.span(), demands);
  }

  private static void privilege(SnpRule rule, int seen, Demands demands) {
    if (!rule.vmpls().isEmpty()) {
      demands.oneOf(ReasonId.OTHER_PRIVILEGE_LEVEL, "vmpl", rule.vmpls(), "" + seen);
    } else if (seen != 0) {
      demands.unmet(
          new Reason(
              ReasonId.OTHER_PRIVILEGE_LEVEL,
              "vmpl",
              MOST_PRIVILEGED + " (the rule has no `vmpl`)",
              "" + seen,
              rule.span()));
    }
  }

  private static void firmware(SnpRule rule, EvidenceClaims.Snp snp, Demands demands) {
    rule.platform()
        .minTcb()
        .forEach(
            (version, minimum) -> {
              var lacking = version.of(snp.platform().tcb()).lacks(minimum.least());
              demands.that(
                  lacking.isEmpty(),
                  () ->
                      new Reason(
                          ReasonId.FIRMWARE_BELOW_MINIMUM,
                          "min_tcb " + version.key(),
                          "at least the minimum",
                          lacking.stream()
                              .map(TcbShortfall::toString)
                              .collect(Collectors.joining("; ")),
                          minimum.span()));
            });
  }

  private static void chip(List<Text> accepted, EvidenceClaims.Snp snp, Demands demands) {
    if (!accepted.isEmpty()) {
      var seen = snp.platform().chipId().orElse("none: the host masks it");
      demands.oneOf(ReasonId.PLATFORM_NOT_LISTED, "chip_ids", accepted, seen);
    }
  }
}
