package dev.testudo.policy.session.rule;

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

/// Finds rules for confidential virtual machines that name no code: only what whoever starts a
/// machine can write into it, whatever it runs.
final class RulesNameCode {
  /// What the firmware starts (TCG PC Client Platform Firmware Profile, section 3.3.4). It measures
  /// a program before it starts it, and the program can extend every other register as it likes:
  /// the registers that name the parts of an image say nothing without this one.
  private static final int REGISTER_OF_PROGRAMS = 4;

  private RulesNameCode() {}

  static void check(Session session, Problems problems) {
    for (var service : session.services()) {
      for (var rule : service.requirements().rules()) {
        if (isOfMachine(rule) && !namesCode(rule) && session.open().isEmpty()) {
          problems.add(
              Diagnostic.warning(
                      DiagnosticId.INSECURE_SETTING,
                      rule.span(),
                      "a rule of service `%s` names no code".formatted(service.name()))
                  .labelled("whoever starts a machine chooses what these values are")
                  .helped(
                      switch (rule.machine().orElseThrow()) {
                        case TdxRule _ -> "add `mrtd` and `rtmr`";
                        case SnpRule _ -> "add `measurement` or `id_key`";
                        case TpmRule _ -> "add `uki` of `image`, or register 4 of `pcrs`";
                      }));
        }
      }
    }
  }

  /// Returns true for a rule that demands something of a machine. Others are reported when they are
  /// read.
  private static boolean isOfMachine(AttestationRule rule) {
    return rule.machine().filter(machine -> !machine.isEmpty()).isPresent();
  }

  private static boolean namesCode(AttestationRule rule) {
    return switch (rule.machine().orElseThrow()) {
      case TdxRule tdx -> namesCode(tdx);
      case SnpRule snp -> namesCode(snp);
      case TpmRule tpm -> namesCode(tpm);
    };
  }

  private static boolean namesCode(TdxRule rule) {
    return !rule.pcrs().isEmpty()
        || rule.values().containsKey(TdxField.RTMR3)
        || rule.values().keySet().stream()
            .anyMatch(field -> field.distinguishes() == Distinguishes.MACHINE);
  }

  private static boolean namesCode(TpmRule rule) {
    return rule.values().containsKey(TpmField.UKI) || rule.pcrs().containsKey(REGISTER_OF_PROGRAMS);
  }

  private static boolean namesCode(SnpRule rule) {
    return !rule.pcrs().isEmpty()
        || rule.values().containsKey(SnpField.MEASUREMENT)
        || rule.values().containsKey(SnpField.DIGEST);
  }
}
