package dev.testudo.policy.shield;

import dev.testudo.policy.address.AddressText;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Warns about rules without effect and about rules that protect less than they seem to.
///
/// @param modes the variables that set the modes of rules, by the names of the rules
/// @param unsupported the variable for other protocols
record RulesHaveEffect(Map<String, Text> modes, Optional<Text> unsupported, Problems problems) {

  void check(ShieldRules rules) {
    if (rules.mode() == DefaultMode.DISABLED) {
      modes.forEach((name, _) -> withoutEffect(name, "the shield is disabled"));
      unsupported.ifPresent(
          text ->
              problems.add(
                  Diagnostic.warning(
                          DiagnosticId.WITHOUT_EFFECT,
                          text.span(),
                          "`SCONE_NETWORK_SHIELD_UNSUPPORTED_PROTOCOLS` has no effect")
                      .labelled("the shield is disabled")));
      return;
    }
    rules.servers().forEach(rule -> check(rule, rules.mode()));
    rules.clients().forEach(rule -> check(rule, rules));
    checkOtherProtocols(rules);
  }

  private void check(ServerRule rule, DefaultMode mode) {
    switch (rule.treatment()) {
      case ServerTreatment.Unprotected() when mode == DefaultMode.UNPROTECTED ->
          withoutEffect(rule.name().value(), "this is the default mode already");
      case ServerTreatment.Refuse() when mode == DefaultMode.PROTECTED ->
          withoutEffect(rule.name().value(), "the default mode refuses it already");
      case ServerTreatment.Protected(var identity, var auth, _, _, _)
          when identity.isEmpty() && auth instanceof PeerAuth.Authorities ->
          warn(
              DiagnosticId.INSECURE_SETTING,
              rule.name().value(),
              "rule %s has no identity".formatted(rule.name()),
              "the shield makes one for this run; only clients that verify nothing accept it");
      case ServerTreatment.Unprotected _,
          ServerTreatment.Refuse _,
          ServerTreatment.Protected _ -> {}
    }
  }

  private void check(ClientRule rule, ShieldRules rules) {
    if (rule.destination() instanceof Destination.Tcp(_, _, AddressMatch.Exactly(var address))
        && address.isMulticastAddress()) {
      warn(
          DiagnosticId.WITHOUT_EFFECT,
          rule.name().value(),
          "rule %s never matches".formatted(rule.name()),
          "no connection can go to %s, a multicast address".formatted(AddressText.of(address)));
    }
    var isException = isException(rule, rules.clients());
    switch (rule.treatment()) {
      case ClientTreatment.Unprotected()
          when rules.mode() == DefaultMode.UNPROTECTED && !isException ->
          withoutEffect(rule.name().value(), "this is the default mode already");
      case ClientTreatment.Refuse() when rules.mode() == DefaultMode.PROTECTED && !isException ->
          withoutEffect(rule.name().value(), "the default mode refuses it already");
      case ClientTreatment.Unprotected _,
          ClientTreatment.Refuse _,
          ClientTreatment.Protected _ -> {}
    }
  }

  /// Returns true if a rule of lower precedence is about the same port, so that this rule is
  /// an exception to it.
  private static boolean isException(ClientRule rule, List<ClientRule> all) {
    return rule.destination() instanceof Destination.Tcp mine
        && all.stream()
            .map(ClientRule::destination)
            .anyMatch(
                other ->
                    other instanceof Destination.Tcp theirs
                        && theirs.port() == mine.port()
                        && precedence(theirs.address()) < precedence(mine.address()));
  }

  private static int precedence(AddressMatch match) {
    return switch (match) {
      case AddressMatch.Any() -> 0;
      case AddressMatch.Resolve() -> 1;
      case AddressMatch.Exactly _ -> 2;
    };
  }

  private void checkOtherProtocols(ShieldRules rules) {
    if (rules.mode() == DefaultMode.PROTECTED
        && rules.unsupportedProtocols() == UnsupportedProtocols.UNPROTECTED) {
      unsupported.ifPresent(
          text ->
              problems.add(
                  Diagnostic.warning(
                          DiagnosticId.INSECURE_SETTING,
                          text.span(),
                          "UDP and other protocols pass untouched")
                      .labelled("the program can send everything it knows through them")
                      .helped(
                          "to resolve names, leave out `_DESTINATION_IP`: the shield does so")));
    }
  }

  private void withoutEffect(String rule, String why) {
    warn(DiagnosticId.WITHOUT_EFFECT, rule, "rule %s has no effect".formatted(rule), why);
  }

  private void warn(DiagnosticId id, String rule, String message, String why) {
    Optional.ofNullable(modes.get(rule))
        .ifPresent(
            mode -> problems.add(Diagnostic.warning(id, mode.span(), message).labelled(why)));
  }
}
