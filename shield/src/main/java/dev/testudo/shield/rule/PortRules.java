package dev.testudo.shield.rule;

import dev.testudo.policy.address.AddressText;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The client rules for one port.
///
/// @param exact rules by address
/// @param named rules by the host name that they look up
/// @param any the rule for every address
record PortRules(
    Map<InetAddress, Verdict<ClientTls>> exact,
    Map<String, Verdict<ClientTls>> named,
    Optional<Verdict<ClientTls>> any) {
  PortRules {
    exact = Map.copyOf(exact);
    named = Map.copyOf(named);
  }

  Optional<Verdict<ClientTls>> decide(InetAddress to, HostAddresses names) {
    var exactly = Optional.ofNullable(exact.get(to));
    return exactly.or(() -> byName(to, names)).or(() -> any);
  }

  Stream<Verdict<ClientTls>> verdicts() {
    return Stream.of(exact.values().stream(), named.values().stream(), any.stream())
        .flatMap(verdicts -> verdicts);
  }

  /// Decides by name. Only a lookup shows that two names share an address. The name that the
  /// program meant is then unknown, so the connection is refused.
  private Optional<Verdict<ClientTls>> byName(InetAddress to, HostAddresses names) {
    var matching =
        named.entrySet().stream()
            .filter(entry -> names.addresses(entry.getKey()).contains(to))
            .map(Map.Entry::getValue)
            .toList();
    return matching.size() < 2
        ? matching.stream().findFirst()
        : Optional.of(ambiguous(to, matching));
  }

  private static Verdict<ClientTls> ambiguous(InetAddress to, List<Verdict<ClientTls>> matching) {
    var rules = matching.stream().map(Verdict::rule).sorted().collect(Collectors.joining(" and "));
    return new Verdict.Refused<>(
        "",
        "rules %s are for hosts that share the address %s".formatted(rules, AddressText.of(to)));
  }
}
