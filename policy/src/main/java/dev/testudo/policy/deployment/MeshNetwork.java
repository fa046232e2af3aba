package dev.testudo.policy.deployment;

import dev.testudo.policy.shield.ClientRule;
import dev.testudo.policy.shield.ClientTreatment;
import dev.testudo.policy.shield.DefaultMode;
import dev.testudo.policy.shield.Destination;
import dev.testudo.policy.shield.Listen;
import dev.testudo.policy.shield.PeerAuth;
import dev.testudo.policy.shield.ServerRule;
import dev.testudo.policy.shield.ServerTreatment;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.policy.source.Parsed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Who talks to whom in a mesh, as the rules of the services' network shields say. Unix sockets are
/// left out, because they do not leave a machine.
///
/// @param services what the rules of each service say, by its name in the mesh
/// @param links the connections that services may make, each once
public record MeshNetwork(Map<String, ServiceNetwork> services, List<Link> links) {
  public MeshNetwork {
    services = Collections.unmodifiableMap(new LinkedHashMap<>(services));
    links = List.copyOf(links);
  }

  /// What protects connections.
  public enum Protection {
    /// TLS with a certificate on both sides.
    MUTUAL_TLS,
    /// TLS with a certificate of the server.
    SERVER_TLS,
    /// TLS whose peer is not authenticated.
    UNVERIFIED_TLS,
    /// What the program itself does, which is not known.
    NONE
  }

  /// A port at which a service listens.
  ///
  /// @param number 1 to 65535
  public record Port(int number, Protection protection) {}

  /// The rules of one service.
  ///
  /// @param restricted whether connections that no rule names are refused
  /// @param ports the ports, in ascending order
  public record ServiceNetwork(boolean restricted, List<Port> ports) {
    public ServiceNetwork {
      ports = List.copyOf(ports);
    }

    /// Returns the port of this number, if a rule names it.
    public Optional<Port> port(int number) {
      return ports.stream().filter(port -> port.number() == number).findFirst();
    }
  }

  /// Connections from one service to another, or to a host outside of the mesh.
  ///
  /// @param from the name of the service that connects
  /// @param host the host to which it connects, as the rule names it
  /// @param to the service of the mesh that has this name; empty for a host outside of the mesh
  public record Link(
      String from, String host, Optional<String> to, int port, Protection protection) {}

  /// Returns the network of a mesh. Rules that cannot be read, which other checks report, are
  /// missing.
  ///
  /// @param names further host names of services; the name of a service is always one of it
  public static MeshNetwork of(MeshPlan plan, Map<String, String> names) {
    Map<String, String> hosts = new LinkedHashMap<>(names);
    hosts.putAll(plan.hosts());
    plan.services().forEach(service -> hosts.put(service.name(), service.name()));
    Map<String, ServiceNetwork> services = new LinkedHashMap<>();
    Set<Link> links = new LinkedHashSet<>();
    for (var service : plan.services()) {
      var rules = rules(service);
      services.put(service.name(), network(rules));
      rules.ifPresent(
          given ->
              given.clients().forEach(rule -> link(service, rule, hosts).ifPresent(links::add)));
    }
    return new MeshNetwork(services, new ArrayList<>(links));
  }

  /// Returns the rules of a service of the mesh.
  public ServiceNetwork service(String name) {
    var found = services.get(name);
    if (found == null) {
      throw new IllegalArgumentException("no service " + name);
    }
    return found;
  }

  /// Returns the services of the mesh that connect to a port of a service, without duplicates.
  public List<String> callers(String service, int port) {
    return links.stream()
        .filter(link -> link.to().equals(Optional.of(service)) && link.port() == port)
        .map(Link::from)
        .distinct()
        .toList();
  }

  private static Optional<ShieldRules> rules(PlannedService service) {
    return switch (ShieldVariables.read(service.launch().environment())) {
      case Parsed.Valid<ShieldRules>(var rules, _) -> Optional.of(rules);
      case Parsed.Invalid<ShieldRules> _ -> Optional.empty();
    };
  }

  private static ServiceNetwork network(Optional<ShieldRules> rules) {
    var restricted = rules.filter(r -> r.mode() == DefaultMode.PROTECTED).isPresent();
    var ports =
        rules.filter(r -> r.mode() != DefaultMode.DISABLED).stream()
            .flatMap(r -> r.servers().stream())
            .flatMap(rule -> port(rule).stream())
            .sorted((a, b) -> Integer.compare(a.number(), b.number()))
            .toList();
    return new ServiceNetwork(restricted, ports);
  }

  private static Optional<Port> port(ServerRule rule) {
    if (!(rule.listen() instanceof Listen.Tcp(var number))) {
      return Optional.empty();
    }
    return switch (rule.treatment()) {
      case ServerTreatment.Refuse() -> Optional.empty();
      case ServerTreatment.Unprotected() -> Optional.of(new Port(number, Protection.NONE));
      case ServerTreatment.Protected treatment ->
          Optional.of(
              new Port(
                  number,
                  treatment.clientAuth() instanceof PeerAuth.Disabled
                      ? Protection.SERVER_TLS
                      : Protection.MUTUAL_TLS));
    };
  }

  private static Optional<Link> link(
      PlannedService service, ClientRule rule, Map<String, String> hosts) {
    if (!(rule.destination() instanceof Destination.Tcp(var host, var port, _))) {
      return Optional.empty();
    }
    return protection(rule.treatment())
        .map(protection -> new Link(service.name(), host, owner(host, hosts), port, protection));
  }

  private static Optional<Protection> protection(ClientTreatment treatment) {
    return switch (treatment) {
      case ClientTreatment.Refuse() -> Optional.empty();
      case ClientTreatment.Unprotected() -> Optional.of(Protection.NONE);
      case ClientTreatment.Protected tls when tls.serverAuth() instanceof PeerAuth.Disabled ->
          Optional.of(Protection.UNVERIFIED_TLS);
      case ClientTreatment.Protected tls ->
          Optional.of(tls.identity().isPresent() ? Protection.MUTUAL_TLS : Protection.SERVER_TLS);
    };
  }

  /// Returns the service that a host name means: its name alone, or with the rest of the name of a
  /// Kubernetes Service (`redis.default.svc.cluster.local`).
  private static Optional<String> owner(String host, Map<String, String> hosts) {
    var dot = host.indexOf('.');
    var first = dot < 0 ? host : host.substring(0, dot);
    var exact = Optional.ofNullable(hosts.get(host));
    var isQualified = dot > 0 && host.substring(dot).matches("\\.[^.]+(\\.svc(\\..*)?)?");
    return exact.or(() -> isQualified ? Optional.ofNullable(hosts.get(first)) : Optional.empty());
  }
}
