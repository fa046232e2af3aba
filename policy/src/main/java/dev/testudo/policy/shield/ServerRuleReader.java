package dev.testudo.policy.shield;

import dev.testudo.policy.shield.VariableName.Suffix;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads one `SERVER` rule.
record ServerRuleReader(RuleVariables rule, Problems problems) {
  /// The length of a protocol id is one byte on the wire (RFC 7301).
  private static final int MAX_PROTOCOL = 255;

  Optional<ServerRule> read() {
    var mode = RuleMode.of(rule, problems);
    var listen =
        rule.required(Suffix.PORT, "nothing says where it listens", problems)
            .flatMap(text -> new Endpoints(problems).listen(text));
    var treatment = mode.flatMap(this::treatment);
    return listen.flatMap(l -> treatment.map(t -> new ServerRule(rule.name(), l, t)));
  }

  private Optional<ServerTreatment> treatment(RuleMode mode) {
    if (mode != RuleMode.PROTECTED) {
      var why = "only protected rules use it";
      rule.withoutEffect(why, problems, Suffix.IDENTITY, Suffix.CLIENT_AUTH, Suffix.ALPN);
    }
    return switch (mode) {
      case UNPROTECTED -> Optional.of(new ServerTreatment.Unprotected());
      case REFUSE -> Optional.of(new ServerTreatment.Refuse());
      case PROTECTED -> {
        var auth = PeerAuthReader.read(rule, Suffix.CLIENT_AUTH, problems);
        var alpn = rule.value(Suffix.ALPN).map(this::protocols).orElse(List.of());
        yield auth.map(a -> new ServerTreatment.Protected(rule.secret(Suffix.IDENTITY), a, alpn));
      }
    };
  }

  private List<String> protocols(Text text) {
    var protocols = new ArrayList<String>();
    for (var protocol : text.value().strip().split("[\\s,]+")) {
      var printable = protocol.chars().allMatch(c -> c > ' ' && c <= '~');
      if (protocol.isEmpty() || protocol.length() > MAX_PROTOCOL || !printable) {
        problems.add(
            Diagnostic.error(
                    DiagnosticId.INVALID_VALUE,
                    text.span(),
                    "`%s` is not the id of a protocol".formatted(protocol))
                .helped("list ids of the ALPN registry: `http/1.1`, `h2`"));
      } else {
        protocols.add(protocol);
      }
    }
    return protocols;
  }
}
