package dev.testudo.policy.session.read;

import dev.testudo.policy.evidence.SnpTcb;
import dev.testudo.policy.schema.Keys;
import dev.testudo.policy.session.PlatformId;
import dev.testudo.policy.session.SnpField;
import dev.testudo.policy.session.SnpRule;
import dev.testudo.policy.session.SnpRule.LeastTcb;
import dev.testudo.policy.session.SnpRule.Platform;
import dev.testudo.policy.session.SnpRule.Range;
import dev.testudo.policy.session.SnpVersion;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads what a SEV-SNP guest and its platform must be.
final class SnpRuleReader {
  private final HexValues hex;
  private final Problems problems;

  SnpRuleReader(Problems problems) {
    this.hex = new HexValues(problems);
    this.problems = problems;
  }

  SnpRule read(Fields fields) {
    Map<SnpField, List<Text>> values = new EnumMap<>(SnpField.class);
    var first = fields.span();
    SnpField.direct().forEach(field -> read(fields, field, values));
    var idKey = inner(fields, "id_key", EvidenceKeys.ID_KEY);
    var svn = idKey.flatMap(inner -> idKey(inner, values));
    var vmpls = hex.items(fields, "vmpl", "vmpl").orElse(List.of());
    vmpls.forEach(this::checkVmpl);
    var platform = new Platform(minTcb(fields), chipIds(fields));
    var pcrs = hex.pcrs(fields);
    fields.noOthers();
    var rule = new SnpRule(values, svn, vmpls, platform, pcrs, first);
    if (rule.isEmpty() && !HexValues.isOpen(fields, "id_key", EvidenceKeys.PCRS_KEY)) {
      hex.demandsNothing(fields, EvidenceKeys.SNP_KEY);
    }
    return rule;
  }

  private Optional<Fields> inner(Fields fields, String key, Keys keys) {
    return fields.node(key).flatMap(node -> Fields.of(node, keys, problems));
  }

  private void read(Fields fields, SnpField field, Map<SnpField, List<Text>> values) {
    hex.read(fields, field.key(), field.toString(), field.digits())
        .ifPresent(texts -> values.put(field, texts));
  }

  private Optional<Range> idKey(Fields fields, Map<SnpField, List<Text>> values) {
    SnpField.OF_ID_KEY.forEach(field -> read(fields, field, values));
    fields.exclusive("guest_svn", "guest_svn_min");
    fields.exclusive("guest_svn", "guest_svn_max");
    var span = fields.spanOf(fields.has("guest_svn") ? "guest_svn" : "guest_svn_min");
    var exact = fields.number("guest_svn", 0, EvidenceKeys.MOST_SVN);
    var least = fields.number("guest_svn_min", 0, EvidenceKeys.MOST_SVN).or(() -> exact);
    var most = fields.number("guest_svn_max", 0, EvidenceKeys.MOST_SVN).or(() -> exact);
    fields.noOthers();
    if (!values.containsKey(SnpField.DIGEST)) {
      problems.add(
          Diagnostic.error(DiagnosticId.MISSING_KEY, fields.span(), "`id_key` needs `digest`")
              .labelled("whoever starts a guest can sign its ids with a key of their own"));
    }
    if (least.isPresent() && most.isPresent() && least.get() > most.get()) {
      problems.add(
          Diagnostic.error(DiagnosticId.INVALID_VALUE, span, "no version lies between these two"));
    }
    return least.isPresent() || most.isPresent()
        ? Optional.of(new Range(least, most, span))
        : Optional.empty();
  }

  private void checkVmpl(Text text) {
    if (!text.value().matches("[0-3]")) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.INVALID_VALUE, text.span(), "`vmpl` is a number from 0 to 3"));
    }
  }

  private Map<SnpVersion, LeastTcb> minTcb(Fields fields) {
    Map<SnpVersion, LeastTcb> minima = new EnumMap<>(SnpVersion.class);
    var section = inner(fields, "min_tcb", EvidenceKeys.MIN_TCB);
    section.ifPresent(
        versions -> {
          for (var version : SnpVersion.values()) {
            var span = versions.spanOf(version.key());
            inner(versions, version.key(), EvidenceKeys.LEAST_TCB)
                .ifPresent(inner -> minima.put(version, new LeastTcb(least(inner), span)));
          }
          versions.noOthers();
        });
    return minima;
  }

  private static SnpTcb.Least least(Fields fields) {
    var least =
        new SnpTcb.Least(
            component(fields, "fmc"),
            component(fields, "boot_loader"),
            component(fields, "tee"),
            component(fields, "snp"),
            component(fields, "microcode"));
    fields.noOthers();
    return least;
  }

  private static Optional<Integer> component(Fields fields, String key) {
    return fields.number(key, 0, EvidenceKeys.MOST_COMPONENT);
  }

  private List<Text> chipIds(Fields fields) {
    return hex.items(fields, "chip_ids", "chip_ids").orElse(List.of()).stream()
        .map(this::chipId)
        .toList();
  }

  private Text chipId(Text text) {
    var digits = PlatformId.AMD_CHIP_ID.digits(text.value());
    if (digits.isEmpty()) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_VALUE,
                  text.span(),
                  "a chip id has 128 hexadecimal digits, or 16 from Turin on")
              .labelled("%d characters".formatted(text.value().length())));
    }
    return digits.map(text::withValue).orElse(text);
  }
}
