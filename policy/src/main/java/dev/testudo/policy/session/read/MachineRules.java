package dev.testudo.policy.session.read;

import dev.testudo.policy.schema.Key;
import dev.testudo.policy.schema.Shape;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import java.util.List;

/// Checks what a Meshfile demands of machines: the rules that sessions have, too.
public record MachineRules(Problems problems) {
  /// Returns the keys of a machine.
  public static List<Key> keys() {
    return List.of(
        Key.of(
            EvidenceKeys.TDX_KEY,
            new Shape.Keyed(() -> EvidenceKeys.TDX),
            "What a TDX trust domain must be."),
        Key.of(
            EvidenceKeys.SNP_KEY,
            new Shape.Keyed(() -> EvidenceKeys.SNP),
            "What a SEV-SNP guest must be."));
  }

  /// Returns true if `rule` can be read as `tdx`. Reports what is wrong with it.
  public boolean isTdx(YamlNode rule) {
    return Fields.of(rule, EvidenceKeys.TDX, problems)
        .map(new TdxRuleReader(problems)::read)
        .isPresent();
  }

  /// Returns true if `rule` can be read as `sev_snp`. Reports what is wrong with it.
  public boolean isSnp(YamlNode rule) {
    return Fields.of(rule, EvidenceKeys.SNP, problems)
        .map(new SnpRuleReader(problems)::read)
        .isPresent();
  }
}
