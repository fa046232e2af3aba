package dev.testudo.shield.rule;

import dev.testudo.policy.address.AddressText;
import dev.testudo.policy.shield.DefaultMode;
import dev.testudo.policy.shield.Listen;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.source.Parsed;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The compiled rules of a shield. An explicit rule takes precedence over the default mode. Among
/// explicit rules, the most specific one wins: an address over a host name over `*`.
public final class ShieldPolicy {
  private final DefaultMode mode;
  private final Map<Listen, Verdict<ServerTls>> servers;
  private final Map<Integer, PortRules> clients;
  private final Map<String, Verdict<ClientTls>> unixClients;
  private final HostAddresses names;

  ShieldPolicy(
      DefaultMode mode,
      Map<Listen, Verdict<ServerTls>> servers,
      Map<Integer, PortRules> clients,
      Map<String, Verdict<ClientTls>> unixClients,
      HostAddresses names) {
    this.mode = mode;
    this.servers = Map.copyOf(servers);
    this.clients = Map.copyOf(clients);
    this.unixClients = Map.copyOf(unixClients);
    this.names = names;
  }

  /// Compiles `rules` and reads every key and certificate in them. Each mistake is a diagnostic at
  /// its place in the variable's value. So is each pair of rules for the same place if neither is
  /// more specific. If the shield is disabled, its rules are ignored.
  ///
  /// @param names the addresses of destinations without `DESTINATION_IP`, asked at each decision
  public static Parsed<ShieldPolicy> compile(
      ShieldRules rules, HostAddresses names, InstantSource clock) {
    return rules.mode() == DefaultMode.DISABLED
        ? new Parsed.Valid<>(
            new ShieldPolicy(rules.mode(), Map.of(), Map.of(), Map.of(), names), List.of())
        : new PolicyCompiler(clock.instant()).compile(rules, names);
  }

  /// Decides listen(2) on this port or path.
  public Verdict<ServerTls> listen(Listen at) {
    return Optional.ofNullable(servers.get(at))
        .orElseGet(() -> byDefault(() -> "no rule for listening on " + at));
  }

  /// Returns the terms of the protected server rule with this name.
  public Optional<ServerTls> serverTerms(String rule) {
    return servers.values().stream()
        .filter(verdict -> verdict.rule().equals(rule))
        .flatMap(verdict -> secured(verdict).stream())
        .findFirst();
  }

  /// Returns the terms of all protected rules.
  public List<Object> terms() {
    var clientVerdicts =
        Stream.concat(
            clients.values().stream().flatMap(PortRules::verdicts), unixClients.values().stream());
    return Stream.<Object>concat(
            servers.values().stream().flatMap(verdict -> secured(verdict).stream()),
            clientVerdicts.flatMap(verdict -> secured(verdict).stream()))
        .toList();
  }

  private static <T> Optional<T> secured(Verdict<T> verdict) {
    return switch (verdict) {
      case Verdict.Secured<T>(_, var tls) -> Optional.of(tls);
      case Verdict.Plain<T> _, Verdict.Refused<T> _ -> Optional.empty();
    };
  }

  /// Decides connect(2) to this address. The unspecified address means loopback, and an IPv4-mapped
  /// address means the IPv4 address.
  public Verdict<ClientTls> connect(InetAddress to, int port) {
    var address = to.isAnyLocalAddress() ? loopback(to) : to;
    return Optional.ofNullable(clients.get(port))
        .flatMap(rules -> rules.decide(address, names))
        .orElseGet(
            () ->
                byDefault(
                    () ->
                        "no rule for connecting to %s port %d"
                            .formatted(AddressText.of(address), port)));
  }

  /// Decides connect(2) to the Unix socket with exactly this path.
  public Verdict<ClientTls> connect(String unixPath) {
    return Optional.ofNullable(unixClients.get(unixPath))
        .orElseGet(() -> byDefault(() -> "no rule for connecting to unix:" + unixPath));
  }

  /// Returns the paths of the client rules for Unix sockets.
  public Set<String> unixDestinations() {
    return unixClients.keySet();
  }

  private <T> Verdict<T> byDefault(Supplier<String> reason) {
    return switch (mode) {
      case DISABLED, UNPROTECTED -> new Verdict.Plain<>("");
      case PROTECTED -> new Verdict.Refused<>("", reason.get());
    };
  }

  /// Returns the loopback address, to which Linux connects if given the unspecified one.
  private static InetAddress loopback(InetAddress any) {
    return InetAddress.ofLiteral(any.getAddress().length == 4 ? "127.0.0.1" : "::1");
  }
}
