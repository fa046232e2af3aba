package dev.testudo.policy.shield;

import dev.testudo.policy.shield.VariableName.Suffix;
import dev.testudo.policy.source.Problems;
import java.util.Optional;

/// Reads one `SERVER` rule.
record ServerRuleReader(RuleVariables rule, Problems problems) {
  Optional<ServerRule> read() {
    var mode = RuleMode.of(rule, problems);
    var listen =
        rule.required(Suffix.PORT, "the rule has no port", problems)
            .flatMap(text -> new Endpoints(problems).listen(text));
    var treatment = mode.flatMap(this::treatment);
    return listen.flatMap(l -> treatment.map(t -> new ServerRule(rule.name(), l, t)));
  }

  private Optional<ServerTreatment> treatment(RuleMode mode) {
    if (mode != RuleMode.PROTECTED) {
      var why = "only protected rules use it";
      rule.withoutEffect(
          why,
          problems,
          Suffix.IDENTITY,
          Suffix.CLIENT_AUTH,
          Suffix.CLIENT_NAMES,
          Suffix.ALPN,
          Suffix.TLS_MIN);
    }
    return switch (mode) {
      case UNPROTECTED -> Optional.of(new ServerTreatment.Unprotected());
      case REFUSE -> Optional.of(new ServerTreatment.Refuse());
      case PROTECTED -> {
        var auth = PeerAuthReader.read(rule, Suffix.CLIENT_AUTH, problems);
        var terms = new TlsTermsReader(rule, problems);
        var alpn = terms.alpn();
        var names = terms.clientNames();
        var minimum = terms.minimum();
        yield auth.map(
            a ->
                new ServerTreatment.Protected(
                    rule.secret(Suffix.IDENTITY), a, alpn, names, minimum));
      }
    };
  }
}
