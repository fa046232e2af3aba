package dev.testudo.policy.manifest;

import dev.testudo.policy.manifest.MeshMachine.Kind;
import dev.testudo.policy.session.read.MachineRules;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the machines in which the services of a mesh run.
record MachineReader(Problems problems) {
  /// The key in `policy`.
  static final String KEY = "machines";

  List<MeshMachine> read(Fields policy) {
    return policy.list(KEY).stream().flatMap(node -> machine(node).stream()).toList();
  }

  private Optional<MeshMachine> machine(YamlNode node) {
    var read = Fields.of(node, MeshKeys.MACHINE, problems);
    if (read.isEmpty()) {
      return Optional.empty();
    }
    var fields = read.get();
    fields.exclusive(Kind.TDX.key(), Kind.SEV_SNP.key());
    var tdx = fields.node(Kind.TDX.key());
    var snp = fields.node(Kind.SEV_SNP.key());
    var kata = fields.node(KataReader.KEY);
    fields.noOthers();
    if (tdx.isEmpty() && snp.isEmpty()) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.MISSING_KEY, fields.span(), "a machine needs `tdx` or `sev_snp`")
              .labelled("nothing says what it must be"));
    }
    var rules = new MachineRules(problems);
    var guest = kata.flatMap(new KataReader(problems)::read);
    return tdx.filter(rules::isTdx)
        .flatMap(rule -> machine(Kind.TDX, rule, guest))
        .or(() -> snp.filter(rules::isSnp).flatMap(rule -> machine(Kind.SEV_SNP, rule, guest)));
  }

  private Optional<MeshMachine> machine(Kind kind, YamlNode rule, Optional<KataGuest> kata) {
    if (!(rule instanceof Mapping mapping)) {
      return Optional.empty();
    }
    mapping
        .entry(kind.names())
        .ifPresent(
            entry ->
                problems.add(
                    Diagnostic.error(
                            DiagnosticId.CONFLICTING_KEYS,
                            entry.key().span(),
                            "`%s` names one service".formatted(kind.names()))
                        .labelled("`apply` writes the measurement of each service's image here")
                        .helped("remove it")));
    Map<String, Object> values = new LinkedHashMap<>();
    if (mapping.plain() instanceof Map<?, ?> plain) {
      plain.forEach((key, value) -> values.put(String.valueOf(key), value));
    }
    return Optional.of(new MeshMachine(kind, values, kata));
  }
}
