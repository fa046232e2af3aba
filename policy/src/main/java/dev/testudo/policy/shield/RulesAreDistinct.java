package dev.testudo.policy.shield;

import dev.testudo.policy.shield.VariableName.Suffix;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Checks that a connection never matches two rules of the same precedence. An address takes
/// precedence over a name, and a name over `*`.
final class RulesAreDistinct {
  private final Map<String, Map<Suffix, Text>> variables;
  private final Problems problems;

  RulesAreDistinct(Map<String, Map<Suffix, Text>> variables, Problems problems) {
    this.variables = variables;
    this.problems = problems;
  }

  void check(List<ServerRule> servers, List<ClientRule> clients) {
    Map<Object, RuleName> listening = new HashMap<>();
    for (var rule : servers) {
      var earlier = Optional.ofNullable(listening.putIfAbsent(rule.listen(), rule.name()));
      earlier.ifPresent(e -> report(e, rule.name(), Suffix.PORT));
    }
    Map<Object, RuleName> connecting = new HashMap<>();
    for (var rule : clients) {
      var place = matched(rule.destination());
      var earlier = Optional.ofNullable(connecting.putIfAbsent(place, rule.name()));
      earlier.ifPresent(e -> report(e, rule.name(), Suffix.DESTINATION));
    }
  }

  /// Returns the key that decides whether two rules match the same connections. A host name counts
  /// only if the shield resolves it.
  private static Object matched(Destination destination) {
    return switch (destination) {
      case Destination.UnixPath path -> path;
      case Destination.Tcp(var host, var port, AddressMatch.Resolve address) ->
          new Destination.Tcp(host, port, address);
      case Destination.Tcp(_, var port, var address) -> new Destination.Tcp("", port, address);
    };
  }

  private void report(RuleName earlier, RuleName rule, Suffix suffix) {
    var here = place(rule, suffix);
    var there = place(earlier, suffix);
    if (here.isPresent() && there.isPresent()) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.OVERLAPPING_RULES,
                  here.get().span(),
                  "rules %s and %s match the same connections".formatted(earlier, rule))
              .labelled("rule %s".formatted(rule))
              .helped("rule %s is at %s".formatted(earlier, there.get().span().place())));
    }
  }

  private Optional<Text> place(RuleName rule, Suffix suffix) {
    return Optional.ofNullable(variables.get(rule.value())).map(values -> values.get(suffix));
  }
}
