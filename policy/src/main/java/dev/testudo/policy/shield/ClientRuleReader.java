package dev.testudo.policy.shield;

import dev.testudo.policy.address.Hosts;
import dev.testudo.policy.shield.VariableName.Suffix;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.Optional;

/// Reads one `CLIENT` rule.
record ClientRuleReader(RuleVariables rule, Problems problems) {

  Optional<ClientRule> read() {
    var mode = RuleMode.of(rule, problems);
    var endpoints = new Endpoints(problems);
    var address = rule.value(Suffix.DESTINATION_IP);
    var match = address.flatMap(endpoints::address);
    var destination =
        rule.required(Suffix.DESTINATION, "the rule has no destination", problems)
            .flatMap(text -> endpoints.destination(text, match));
    var treatment = mode.flatMap(m -> treatment(m, destination));
    if (address.isPresent() != match.isPresent()) {
      return Optional.empty();
    }
    return destination.flatMap(d -> treatment.map(t -> new ClientRule(rule.name(), d, t)));
  }

  private Optional<ClientTreatment> treatment(RuleMode mode, Optional<Destination> destination) {
    var isUnix = destination.filter(Destination.UnixPath.class::isInstance).isPresent();
    if (isUnix) {
      rule.withoutEffect("a Unix socket has no address", problems, Suffix.DESTINATION_IP);
    }
    if (mode != RuleMode.PROTECTED) {
      var why = "only protected rules use it";
      rule.withoutEffect(
          why,
          problems,
          Suffix.IDENTITY,
          Suffix.SERVER_AUTH,
          Suffix.SERVER_DNS_NAME,
          Suffix.ALPN,
          Suffix.TLS_MIN);
    } else if (destination.isPresent() && !isUnix) {
      var why = "the name in the destination counts";
      rule.withoutEffect(why, problems, Suffix.SERVER_DNS_NAME);
    }
    return switch (mode) {
      case UNPROTECTED -> Optional.of(new ClientTreatment.Unprotected());
      case REFUSE -> Optional.of(new ClientTreatment.Refuse());
      case PROTECTED -> protectedBy(isUnix);
    };
  }

  private Optional<ClientTreatment> protectedBy(boolean isUnix) {
    var auth = PeerAuthReader.read(rule, Suffix.SERVER_AUTH, problems);
    if (auth.filter(PeerAuth.Disabled.class::isInstance).isPresent()) {
      problems.add(
          Diagnostic.warning(
                  DiagnosticId.INSECURE_SETTING,
                  rule.value(Suffix.SERVER_AUTH).orElseThrow().span(),
                  "rule %s trusts any server".formatted(rule.name()))
              .labelled("anyone on the path can read and change everything"));
    }
    var name = isUnix ? serverName() : Optional.<String>empty();
    var terms = new TlsTermsReader(rule, problems);
    var alpn = terms.alpn();
    var minimum = terms.minimum();
    if (isUnix && name.isEmpty()) {
      return Optional.empty();
    }
    return auth.map(
        a -> new ClientTreatment.Protected(rule.secret(Suffix.IDENTITY), a, name, alpn, minimum));
  }

  private Optional<String> serverName() {
    var why = "the path of a Unix socket gives no name to check a certificate against";
    var text = rule.required(Suffix.SERVER_DNS_NAME, why, problems);
    var name = text.map(Text::value).filter(Hosts::isDnsName);
    if (text.isPresent() && name.isEmpty()) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.INVALID_VALUE,
              text.get().span(),
              "`%s` is not a DNS name".formatted(text.get().value())));
    }
    return name;
  }
}
