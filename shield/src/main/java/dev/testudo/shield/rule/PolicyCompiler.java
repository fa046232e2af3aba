package dev.testudo.shield.rule;

import dev.testudo.policy.shield.AddressMatch;
import dev.testudo.policy.shield.ClientRule;
import dev.testudo.policy.shield.ClientTreatment;
import dev.testudo.policy.shield.Destination;
import dev.testudo.policy.shield.Listen;
import dev.testudo.policy.shield.PeerAuth;
import dev.testudo.policy.shield.RuleName;
import dev.testudo.policy.shield.ServerRule;
import dev.testudo.policy.shield.ServerTreatment;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.ShieldValue;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.trust.material.KeyMaterial;
import dev.testudo.trust.pki.Endpoint;
import dev.testudo.trust.pki.Identity;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Compiles rules into a [ShieldPolicy] and collects every mistake.
final class PolicyCompiler {
  /// The name in the certificate of a server without its own. Only clients that check nothing
  /// accept it.
  private static final String EPHEMERAL = "ephemeral.invalid";

  private final Problems problems = new Problems();
  private final Instant now;

  PolicyCompiler(Instant now) {
    this.now = now;
  }

  Parsed<ShieldPolicy> compile(ShieldRules rules, HostAddresses names) {
    var servers = new LinkedHashMap<Listen, Verdict<ServerTls>>();
    for (var rule : rules.servers()) {
      serverVerdict(rule).ifPresent(verdict -> servers.putIfAbsent(rule.listen(), verdict));
    }
    var unix = new HashMap<String, Verdict<ClientTls>>();
    var ports = new HashMap<Integer, List<ClientRule>>();
    var verdicts = new HashMap<ClientRule, Verdict<ClientTls>>();
    for (var rule : rules.clients()) {
      clientVerdict(rule).ifPresent(verdict -> verdicts.put(rule, verdict));
      switch (rule.destination()) {
        case Destination.UnixPath(var path) ->
            Optional.ofNullable(verdicts.get(rule)).ifPresent(v -> unix.putIfAbsent(path, v));
        case Destination.Tcp(_, var port, _) ->
            ports.computeIfAbsent(port, _ -> new ArrayList<>()).add(rule);
      }
    }
    checkOverlaps(rules);
    return problems.result(
        () -> new ShieldPolicy(rules.mode(), servers, byPort(ports, verdicts), unix, names));
  }

  private static Map<Integer, PortRules> byPort(
      Map<Integer, List<ClientRule>> ports, Map<ClientRule, Verdict<ClientTls>> verdicts) {
    var result = new HashMap<Integer, PortRules>();
    ports.forEach((port, rules) -> result.put(port, portRules(rules, verdicts)));
    return result;
  }

  private static PortRules portRules(
      List<ClientRule> rules, Map<ClientRule, Verdict<ClientTls>> verdicts) {
    var exact = new HashMap<InetAddress, Verdict<ClientTls>>();
    var named = new HashMap<String, Verdict<ClientTls>>();
    Optional<Verdict<ClientTls>> any = Optional.empty();
    for (var rule : rules) {
      var verdict = Optional.ofNullable(verdicts.get(rule)).orElseThrow();
      if (rule.destination() instanceof Destination.Tcp(var host, _, var match)) {
        switch (match) {
          case AddressMatch.Exactly(var address) -> exact.put(address, verdict);
          case AddressMatch.Resolve() -> named.put(host, verdict);
          case AddressMatch.Any() -> any = Optional.of(verdict);
        }
      }
    }
    return new PortRules(exact, named, any);
  }

  /// Reports each two rules for the same place if neither is more specific.
  private void checkOverlaps(ShieldRules rules) {
    var servers = new HashMap<Listen, RuleName>();
    for (var rule : rules.servers()) {
      var first = servers.putIfAbsent(rule.listen(), rule.name());
      if (first != null) {
        overlap(rule.name(), "_PORT", rule.listen().toString(), first);
      }
    }
    var clients = new HashMap<Destination, RuleName>();
    for (var rule : rules.clients()) {
      var first = clients.putIfAbsent(place(rule.destination()), rule.name());
      if (first != null) {
        overlap(rule.name(), "_DESTINATION", rule.destination().toString(), first);
      }
    }
  }

  /// Returns what a destination matches. Its name matters only if the name is looked up.
  private static Destination place(Destination destination) {
    return switch (destination) {
      case Destination.UnixPath path -> path;
      case Destination.Tcp(var host, var port, AddressMatch.Resolve match) ->
          new Destination.Tcp(host, port, match);
      case Destination.Tcp(_, var port, var match) -> new Destination.Tcp("", port, match);
    };
  }

  private void overlap(RuleName rule, String suffix, String value, RuleName first) {
    var source = new SourceFile("env:" + rule.variable() + suffix, value);
    problems.add(
        Diagnostic.error(
                DiagnosticId.OVERLAPPING_RULES,
                source.whole(),
                "rules `%s` and `%s` match the same connections".formatted(first, rule))
            .helped("remove one of them, or give them different ports or addresses"));
  }

  private Optional<Verdict<ServerTls>> serverVerdict(ServerRule rule) {
    var name = rule.name().value();
    return switch (rule.treatment()) {
      case ServerTreatment.Unprotected() -> Optional.of(new Verdict.Plain<>(name));
      case ServerTreatment.Refuse() ->
          Optional.of(new Verdict.Refused<>(name, "rule %s refuses it".formatted(name)));
      case ServerTreatment.Protected(
              var identity,
              var auth,
              var foreign,
              var names,
              var minimum) -> {
        var alpn =
            switch (rule.listen()) {
              case Listen.Tcp(var port) -> Alpn.tcp(port, foreign);
              case Listen.UnixPath(var path) -> Alpn.unix(path, foreign);
            };
        var me =
            identity.isPresent()
                ? problems.take(KeyMaterial.identity(identity.get(), Endpoint.SERVER, now))
                : Optional.of(Identity.ephemeral(EPHEMERAL));
        var trust = trust(auth);
        yield me.isPresent() && trust.isPresent()
            ? Optional.of(
                new Verdict.Secured<>(
                    name,
                    new ServerTls(
                        name, alpn, me.get(), new ExpectedClients(trust.get(), names), minimum)))
            : Optional.empty();
      }
    };
  }

  private Optional<Verdict<ClientTls>> clientVerdict(ClientRule rule) {
    var name = rule.name().value();
    return switch (rule.treatment()) {
      case ClientTreatment.Unprotected() -> Optional.of(new Verdict.Plain<>(name));
      case ClientTreatment.Refuse() ->
          Optional.of(new Verdict.Refused<>(name, "rule %s refuses it".formatted(name)));
      case ClientTreatment.Protected(
              var identity,
              var auth,
              var serverName,
              var foreign,
              var minimum) -> {
        var me =
            identity.flatMap(pem -> problems.take(KeyMaterial.identity(pem, Endpoint.CLIENT, now)));
        var trust = trust(auth);
        yield trust.isPresent() && me.isPresent() == identity.isPresent()
            ? Optional.of(
                new Verdict.Secured<>(
                    name,
                    new ClientTls(
                        name,
                        alpn(rule.destination(), foreign),
                        me,
                        new ExpectedServer(host(rule, serverName), trust.get()),
                        minimum)))
            : Optional.empty();
      }
    };
  }

  private static Alpn alpn(Destination destination, List<String> foreign) {
    return switch (destination) {
      case Destination.Tcp(_, var port, _) -> Alpn.tcp(port, foreign);
      case Destination.UnixPath(var path) -> Alpn.unix(path, foreign);
    };
  }

  private String host(ClientRule rule, Optional<String> serverName) {
    if (rule.destination() instanceof Destination.Tcp(var host, _, _)) {
      return host;
    }
    if (serverName.isEmpty()) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.MISSING_SHIELD_VARIABLE,
              new SourceFile("env:" + rule.name().variable(), "protected").whole(),
              "`%s_SERVER_DNS_NAME` is missing".formatted(rule.name().variable())));
    }
    return serverName.orElse("");
  }

  private Optional<PeerTrust> trust(PeerAuth auth) {
    return switch (auth) {
      case PeerAuth.Disabled() -> Optional.of(new PeerTrust.Anyone());
      case PeerAuth.Authorities(ShieldValue pem) ->
          problems.take(KeyMaterial.authorities(pem, now).map(PeerTrust.IssuedBy::new));
    };
  }
}
