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
/// @param exact by address
/// @param named by the name whose addresses they are about
/// @param any for every address
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

  /// That two names share an address shows only now. Which of them the program meant cannot be
  /// known, so neither is taken.
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
        "", "the names of rules %s both have the address %s".formatted(rules, AddressText.of(to)));
  }
}
