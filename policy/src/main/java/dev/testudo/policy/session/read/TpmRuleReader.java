package dev.testudo.policy.session.read;

import dev.testudo.policy.session.TpmField;
import dev.testudo.policy.session.TpmRule;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Reads what a machine must have booted, as its TPM says.
final class TpmRuleReader {
  private final HexValues hex;
  private final Problems problems;

  TpmRuleReader(Problems problems) {
    this.hex = new HexValues(problems);
    this.problems = problems;
  }

  TpmRule read(Fields fields) {
    Map<TpmField, List<Text>> values = new EnumMap<>(TpmField.class);
    var first = fields.span();
    fields
        .node(EvidenceKeys.IMAGE_KEY)
        .flatMap(node -> Fields.of(node, EvidenceKeys.TPM_IMAGE, problems))
        .ifPresent(
            image -> {
              for (var field : TpmField.values()) {
                hex.read(image, field.key(), field.toString(), EvidenceKeys.PCR_DIGITS)
                    .ifPresent(texts -> values.put(field, texts));
              }
              image.noOthers();
            });
    var pcrs = hex.pcrs(fields);
    fields.noOthers();
    var rule = new TpmRule(values, pcrs, first);
    if (rule.isEmpty()
        && !HexValues.isOpen(fields, EvidenceKeys.IMAGE_KEY, EvidenceKeys.PCRS_KEY)) {
      hex.demandsNothing(fields, EvidenceKeys.TPM_KEY);
    }
    return rule;
  }
}
