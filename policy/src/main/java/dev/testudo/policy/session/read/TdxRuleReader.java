package dev.testudo.policy.session.read;

import dev.testudo.policy.session.TdxField;
import dev.testudo.policy.session.TdxRule;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Reads what a TDX trust domain must be.
final class TdxRuleReader {
  private final HexValues hex;
  private final Problems problems;

  TdxRuleReader(Problems problems) {
    this.hex = new HexValues(problems);
    this.problems = problems;
  }

  TdxRule read(Fields fields) {
    Map<TdxField, List<Text>> values = new EnumMap<>(TdxField.class);
    var first = fields.span();
    TdxField.direct().forEach(field -> read(fields, field, values));
    var rtmr = fields.node("rtmr").flatMap(n -> Fields.of(n, EvidenceKeys.RTMR, problems));
    rtmr.ifPresent(
        inner -> {
          TdxField.REGISTERS.forEach(field -> read(inner, field, values));
          inner.noOthers();
        });
    var pcrs = hex.pcrs(fields);
    fields.noOthers();
    var rule = new TdxRule(values, pcrs, first);
    if (rule.isEmpty() && !HexValues.isOpen(fields, "rtmr", EvidenceKeys.PCRS_KEY)) {
      hex.demandsNothing(fields, EvidenceKeys.TDX_KEY);
    }
    return rule;
  }

  private void read(Fields fields, TdxField field, Map<TdxField, List<Text>> values) {
    var texts =
        field == TdxField.MRCONFIGID
            ? hex.items(fields, field.key(), field.toString())
                .map(items -> items.stream().map(this::configId).toList())
            : hex.read(fields, field.key(), field.toString(), EvidenceKeys.REGISTER_DIGITS);
    texts.ifPresent(found -> values.put(field, found));
  }

  /// Returns MRCONFIGID. A hash of 32 bytes, such as the measurement of an image, stands for itself
  /// and 16 bytes of zeros.
  private Text configId(Text text) {
    var isShort = text.value().matches("[0-9a-fA-F]{%d}".formatted(EvidenceKeys.SHORT_CONFIG_ID));
    var padding = "0".repeat(EvidenceKeys.REGISTER_DIGITS - EvidenceKeys.SHORT_CONFIG_ID);
    return hex.value(
        isShort ? text.withValue(text.value() + padding) : text,
        TdxField.MRCONFIGID.toString(),
        EvidenceKeys.REGISTER_DIGITS);
  }
}
