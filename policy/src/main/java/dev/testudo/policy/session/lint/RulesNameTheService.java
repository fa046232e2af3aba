package dev.testudo.policy.session.lint;

import dev.testudo.policy.session.AttestationRule;
import dev.testudo.policy.session.Distinguishes;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SnpField;
import dev.testudo.policy.session.SnpRule;
import dev.testudo.policy.session.TdxField;
import dev.testudo.policy.session.TdxRule;
import dev.testudo.policy.session.TpmField;
import dev.testudo.policy.session.TpmRule;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.SortedMap;

/// Finds rules for confidential virtual machines that name the machine and nothing that tells its
/// services apart.
final class RulesNameTheService {
  /// The first register of a TPM that the operating system extends (TCG PC Client Platform Firmware
  /// Profile, section 3.3.4).
  private static final int FIRST_OF_SYSTEM = 8;

  private RulesNameTheService() {}

  static void check(Session session, Problems problems) {
    for (var service : session.services()) {
      for (var rule : service.requirements().rules()) {
        if (namesTheMachineOnly(rule)) {
          problems.add(
              Diagnostic.warning(
                      DiagnosticId.NAMES_ONLY_THE_MACHINE,
                      rule.span(),
                      "a rule of service `%s` names only the machine".formatted(service.name()))
                  .labelled(
                      "any service on the same image satisfies it, and can get this one's secrets")
                  .helped(
                      switch (rule.machine().orElseThrow()) {
                        case TdxRule _ ->
                            "add `mrconfigid`, register 3 of `rtmr`, or `mrownerconfig`";
                        case SnpRule _ -> "add `host_data`, or `image_id` of `id_key`";
                        case TpmRule _ -> "add `initrd` of `image`, or register 11 of `pcrs`";
                      }));
        }
      }
    }
  }

  private static boolean namesTheMachineOnly(AttestationRule rule) {
    return rule.machine()
        .filter(
            machine ->
                switch (machine) {
                  case TdxRule tdx -> isOfMachine(tdx);
                  case SnpRule snp -> isOfMachine(snp);
                  case TpmRule tpm -> isOfMachine(tpm);
                })
        .isPresent();
  }

  private static boolean isOfMachine(TdxRule rule) {
    return namesNoService(rule.pcrs())
        && rule.values().keySet().stream()
            .map(TdxField::distinguishes)
            .noneMatch(Distinguishes.SERVICE::equals);
  }

  private static boolean isOfMachine(SnpRule rule) {
    return namesNoService(rule.pcrs())
        && rule.values().keySet().stream()
            .map(SnpField::distinguishes)
            .noneMatch(Distinguishes.SERVICE::equals);
  }

  private static boolean isOfMachine(TpmRule rule) {
    return namesNoService(rule.pcrs())
        && rule.values().keySet().stream().noneMatch(TpmField::namesService);
  }

  private static boolean namesNoService(SortedMap<Integer, List<Text>> pcrs) {
    return pcrs.tailMap(FIRST_OF_SYSTEM).isEmpty();
  }
}
