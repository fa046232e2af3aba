package dev.testudo.policy.session.read;

import dev.testudo.policy.schema.Keys;
import dev.testudo.policy.session.AttestationRule;
import dev.testudo.policy.session.AttestationRule.SignerRule;
import dev.testudo.policy.session.MachineRule;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads what evidence for a service must show, in the current form and the old one.
final class AttestationReader {
  private static final int MAX_VERSION = 65_535;

  /// The only value of `join_token`.
  private static final String REQUIRED = "required";

  /// The keys of which a rule needs one.
  private static final List<String> KINDS =
      List.of(
          "mrenclave", "signer", EvidenceKeys.TDX_KEY, EvidenceKeys.SNP_KEY, EvidenceKeys.TPM_KEY);

  /// Those of them that are for virtual machines.
  private static final List<String> OF_MACHINES =
      List.of(EvidenceKeys.TDX_KEY, EvidenceKeys.SNP_KEY, EvidenceKeys.TPM_KEY);

  private final Problems problems;

  AttestationReader(Problems problems) {
    this.problems = problems;
  }

  List<AttestationRule> read(Fields service) {
    service.exclusive("attestation", "mrenclaves");
    var old = measurements(service.texts("mrenclaves"));
    var rules = service.list("attestation").stream().flatMap(node -> rule(node).stream());
    var fromOld =
        old.isEmpty()
            ? Stream.<AttestationRule>empty()
            : Stream.of(AttestationRule.ofMeasurements(old, service.spanOf("mrenclaves")));
    return Stream.concat(rules, fromOld).toList();
  }

  private Optional<AttestationRule> rule(YamlNode node) {
    if (Splicing.isPlaceholder(node)) {
      return Optional.of(AttestationRule.ofMeasurements(List.of(), node.span()));
    }
    var read = Fields.of(node, SessionKeys.ATTESTATION_RULE, problems);
    if (read.isEmpty()) {
      return Optional.empty();
    }
    var fields = read.get();
    var saysNothing = KINDS.stream().noneMatch(fields::has);
    checkKinds(fields);
    var rule =
        new AttestationRule(
            measurements(fields.texts("mrenclave")),
            part(fields, "signer", SessionKeys.SIGNER).flatMap(this::signer),
            machine(fields),
            joinToken(fields),
            fields.span());
    fields.noOthers();
    if (saysNothing) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.MISSING_KEY, fields.span(), "an attestation rule names no program")
              .helped("give `mrenclave`, `signer` or both, `tdx`, `sev_snp`, or `tpm`"));
    }
    return rule.isOpen() && saysNothing ? Optional.empty() : Optional.of(rule);
  }

  /// Reads each part, so that all mistakes are reported. Of several, which is a mistake, one
  /// counts.
  private Optional<MachineRule> machine(Fields fields) {
    var tdx =
        part(fields, EvidenceKeys.TDX_KEY, EvidenceKeys.TDX).map(new TdxRuleReader(problems)::read);
    var snp =
        part(fields, EvidenceKeys.SNP_KEY, EvidenceKeys.SNP).map(new SnpRuleReader(problems)::read);
    var tpm =
        part(fields, EvidenceKeys.TPM_KEY, EvidenceKeys.TPM).map(new TpmRuleReader(problems)::read);
    return Stream.<Optional<? extends MachineRule>>of(tdx, snp, tpm)
        .flatMap(Optional::stream)
        .<MachineRule>map(rule -> rule)
        .findFirst();
  }

  private Optional<Fields> part(Fields rule, String key, Keys keys) {
    return rule.node(key).flatMap(node -> Fields.of(node, keys, problems));
  }

  /// Reports a rule for several kinds of evidence, which none would satisfy.
  private void checkKinds(Fields fields) {
    for (var i = 0; i < OF_MACHINES.size(); i++) {
      var machine = OF_MACHINES.get(i);
      fields.exclusive("mrenclave", machine);
      fields.exclusive("signer", machine);
      for (var other : OF_MACHINES.subList(i + 1, OF_MACHINES.size())) {
        fields.exclusive(machine, other);
      }
    }
  }

  /// Returns true if `join_token` is present. A wrong value is reported and counts as present, so
  /// that no further error follows from it.
  private boolean joinToken(Fields fields) {
    var word = fields.text("join_token");
    word.filter(text -> !text.value().equals(REQUIRED))
        .ifPresent(text -> problems.add(Fields.notAmong(text, "`join_token`", List.of(REQUIRED))));
    return word.isPresent();
  }

  private Optional<SignerRule> signer(Fields fields) {
    fields.exclusive("isvsvn", "isvsvn_min");
    fields.exclusive("isvsvn", "isvsvn_max");
    var mrsigner = fields.requiredText("mrsigner").map(this::hash);
    var product = fields.number("isvprodid", 0, MAX_VERSION);
    var exact = fields.number("isvsvn", 0, MAX_VERSION);
    var least = fields.number("isvsvn_min", 0, MAX_VERSION);
    var most = fields.number("isvsvn_max", 0, MAX_VERSION);
    fields.noOthers();
    return mrsigner.map(
        signer -> new SignerRule(signer, product, least.or(() -> exact), most.or(() -> exact)));
  }

  private List<Text> measurements(List<Text> texts) {
    return texts.stream().map(this::hash).toList();
  }

  /// Returns the measurement in lower case. A wrong one is reported and kept, so that the rule
  /// does not look empty.
  private Text hash(Text text) {
    if (text.value().matches("[0-9a-fA-F]{64}")) {
      return text.withValue(text.value().toLowerCase(Locale.ROOT));
    }
    problems.add(
        Diagnostic.error(
                DiagnosticId.INVALID_VALUE, text.span(), "a measurement has 64 hexadecimal digits")
            .labelled("%d characters".formatted(text.value().length())));
    return text;
  }
}
