package dev.testudo.shield;

import dev.testudo.policy.shield.ClientRule;
import dev.testudo.policy.shield.ClientTreatment;
import dev.testudo.policy.shield.PeerAuth;
import dev.testudo.policy.shield.RuleName;
import dev.testudo.policy.shield.ServerRule;
import dev.testudo.policy.shield.ServerTreatment;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.ShieldValue;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.SourceFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The differences between two sets of rules.
///
/// A reload may change how the two sides of a protected rule authenticate each other (`inPlace`).
/// It may not change anything else (`structural`), because decisions about the open sockets of a
/// running program would become wrong.
record RuleChanges(List<String> inPlace, List<String> structural) {
  RuleChanges {
    inPlace = List.copyOf(inPlace);
    structural = List.copyOf(structural);
  }

  static RuleChanges between(ShieldRules old, ShieldRules next) {
    var changes = new RuleChanges.Found(new ArrayList<>(), new ArrayList<>());
    if (old.mode() != next.mode()) {
      changes.structural.add("the default mode");
    }
    if (old.unsupportedProtocols() != next.unsupportedProtocols()) {
      changes.structural.add("the treatment of unsupported protocols");
    }
    changes.compareAll(
        byName(old.servers(), ServerRule::name),
        byName(next.servers(), ServerRule::name),
        changes::compare);
    changes.compareAll(
        byName(old.clients(), ClientRule::name),
        byName(next.clients(), ClientRule::name),
        changes::compare);
    return new RuleChanges(changes.inPlace, changes.structural);
  }

  /// Returns why the new rules cannot replace the old ones, or empty if they can.
  Optional<Diagnostic> refusal() {
    if (structural.isEmpty()) {
      return Optional.empty();
    }
    var source = new SourceFile("env:SCONE_NETWORK_SHIELD", "");
    var what = structural.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
    int more = structural.size() - MOST_NAMED;
    return Optional.of(
        Diagnostic.error(
                DiagnosticId.RESTART_NEEDED,
                source.whole(),
                "the new rules differ in more than identities and trust: "
                    + what
                    + (more > 0 ? " and %d more".formatted(more) : ""))
            .labelled("the rules as they were stay in force")
            .helped("restart the program to run it under the new rules"));
  }

  private static final int MOST_NAMED = 8;

  private static <R> Map<RuleName, R> byName(List<R> rules, Function<R, RuleName> name) {
    var result = new LinkedHashMap<RuleName, R>();
    rules.forEach(rule -> result.put(name.apply(rule), rule));
    return result;
  }

  /// Collects the differences.
  private record Found(List<String> inPlace, List<String> structural) {
    interface Comparison<R> {
      void compare(R old, R next);
    }

    <R> void compareAll(Map<RuleName, R> old, Map<RuleName, R> next, Comparison<R> comparison) {
      old.keySet().stream()
          .filter(name -> !next.containsKey(name))
          .forEach(name -> structural.add("rule %s was removed".formatted(name)));
      next.forEach(
          (name, rule) -> {
            var before = Optional.ofNullable(old.get(name));
            before.ifPresentOrElse(
                earlier -> comparison.compare(earlier, rule),
                () -> structural.add("rule %s was added".formatted(name)));
          });
    }

    void compare(ServerRule old, ServerRule next) {
      if (!old.listen().equals(next.listen())) {
        structural.add(
            "rule %s covers %s instead of %s".formatted(next.name(), next.listen(), old.listen()));
      }
      if (old.treatment() instanceof ServerTreatment.Protected before
          && next.treatment() instanceof ServerTreatment.Protected after) {
        identity(next.name(), before.identity(), after.identity());
        trust(next.name(), before.clientAuth(), after.clientAuth());
        note(next.name(), "client names", !before.clientNames().equals(after.clientNames()));
        note(next.name(), "protocols", !before.alpn().equals(after.alpn()));
        note(next.name(), "oldest TLS version", before.minimum() != after.minimum());
      } else if (!old.treatment().equals(next.treatment())) {
        structural.add("the mode of rule " + next.name());
      }
    }

    void compare(ClientRule old, ClientRule next) {
      if (!old.destination().equals(next.destination())) {
        structural.add(
            "rule %s covers %s instead of %s"
                .formatted(next.name(), place(next, old), place(old, next)));
      }
      if (old.treatment() instanceof ClientTreatment.Protected before
          && next.treatment() instanceof ClientTreatment.Protected after) {
        identity(next.name(), before.identity(), after.identity());
        trust(next.name(), before.serverAuth(), after.serverAuth());
        note(next.name(), "server name", !before.serverName().equals(after.serverName()));
        note(next.name(), "protocols", !before.alpn().equals(after.alpn()));
        note(next.name(), "oldest TLS version", before.minimum() != after.minimum());
      } else if (!old.treatment().equals(next.treatment())) {
        structural.add("the mode of rule " + next.name());
      }
    }

    /// Describes a destination. Two destinations may differ only in the address, which their text
    /// does not show.
    private static String place(ClientRule rule, ClientRule other) {
      boolean alike = rule.destination().toString().equals(other.destination().toString());
      return alike ? "another address of " + rule.destination() : rule.destination().toString();
    }

    private void identity(RuleName rule, Optional<ShieldValue> old, Optional<ShieldValue> next) {
      note(rule, "identity", !old.map(ShieldValue::text).equals(next.map(ShieldValue::text)));
    }

    private void trust(RuleName rule, PeerAuth old, PeerAuth next) {
      note(rule, "trusted authorities", !authorities(old).equals(authorities(next)));
    }

    private static Optional<String> authorities(PeerAuth auth) {
      return switch (auth) {
        case PeerAuth.Authorities(var pem) -> Optional.of(pem.text());
        case PeerAuth.Disabled() -> Optional.empty();
      };
    }

    private void note(RuleName rule, String what, boolean changed) {
      if (changed) {
        inPlace.add("%s of rule %s".formatted(what, rule));
      }
    }
  }
}
