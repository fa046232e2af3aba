package dev.testudo.policy.deployment;

import dev.testudo.policy.address.Hosts;
import dev.testudo.policy.deployment.PlannedSecrets.PlannedImport;
import dev.testudo.policy.manifest.DeclaredEdge;
import dev.testudo.policy.shield.Listen;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.SecretName;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Derives the rules and the secrets of a mesh from its declared network. A port that services
/// connect to gets an authority of its own, which certifies the service and exactly its declared
/// callers. If no service declares anything, nothing follows.
final class NetworkPlanner {
  private final Map<String, ServiceResolver> services = new LinkedHashMap<>();
  private final Map<String, NetworkAddition> additions = new LinkedHashMap<>();
  private final Problems problems;

  private NetworkPlanner(List<ServiceResolver> resolvers, Problems problems) {
    this.problems = problems;
    resolvers.forEach(resolver -> services.put(resolver.name().value(), resolver));
    services.keySet().forEach(name -> additions.put(name, new NetworkAddition()));
  }

  /// Returns what follows for each service, by its name.
  static Map<String, NetworkAddition> plan(List<ServiceResolver> resolvers, Problems problems) {
    var planner = new NetworkPlanner(resolvers, problems);
    if (resolvers.stream().anyMatch(resolver -> resolver.network().isDeclared())) {
      planner.plan();
    }
    return planner.additions;
  }

  private void plan() {
    services.forEach((name, service) -> of(name).firewall(service.name().span()));
    edges().forEach(this::protect);
    for (var service : services.values()) {
      var outside = new OutsideRules(service, of(service.name().value()), problems);
      service.network().edges().forEach(edge -> planOutside(outside, edge));
      service.network().open().forEach(outside::open);
    }
  }

  private NetworkAddition of(String service) {
    return additions.getOrDefault(service, new NetworkAddition());
  }

  /// Returns the edges between services by the end that they lead to.
  private Map<EdgeNames, List<Edge>> edges() {
    return services.values().stream()
        .flatMap(
            service ->
                service.network().edges().stream().flatMap(edge -> edge(service, edge).stream()))
        .collect(
            Collectors.groupingBy(
                edge -> new EdgeNames(edge.to(), edge.at()),
                LinkedHashMap::new,
                Collectors.toList()));
  }

  private Optional<Edge> edge(ServiceResolver from, DeclaredEdge declared) {
    if (!(declared instanceof DeclaredEdge.ToService(var to, var end, var named))
        || !services.containsKey(to.value())) {
      return Optional.empty();
    }
    var host = named.map(from::expand).orElse(to);
    if (!isHost(host)) {
      problems.add(OutsideRules.noHost(host));
      return Optional.empty();
    }
    return from.listen(end)
        .map(at -> new Edge(from.name().value(), to.value(), at, host.value(), to.span()))
        .filter(this::hasNames);
  }

  static boolean isHost(Text host) {
    return Hosts.isDnsName(host.value()) || Hosts.literal(host.value()).isPresent();
  }

  private boolean hasNames(Edge edge) {
    var fits = new EdgeNames(edge.to(), edge.at()).areShortEnough(edge.from());
    if (!fits) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_NAME,
                  edge.span(),
                  "the names of `%s` and `%s` are too long together"
                      .formatted(edge.from(), edge.to()))
              .labelled("they are parts of the names of secrets")
              .helped("shorten the names of the services, or the path"));
    }
    return fits;
  }

  /// Adds the rules and secrets of one end and of all who connect to it.
  private void protect(EdgeNames names, List<Edge> edges) {
    var span = edges.getFirst().span();
    var secrets = new EdgeSecrets(names, span);
    var hosts = new LinkedHashSet<String>();
    hosts.add(names.service());
    edges.forEach(edge -> hosts.add(edge.host()));
    secrets.defineServer(hosts);
    var callers = new LinkedHashSet<String>();
    edges.forEach(edge -> callers.add(edge.from()));
    callers.forEach(secrets::defineClient);
    var server = of(names.service());
    server.names(hosts);
    server.define(secrets.fragments());
    server.rule(names.serverRule(), span, serverVariables(names, callers, span), problems);
    edges.forEach(edge -> connect(names, edge));
  }

  private static Map<String, Text> serverVariables(
      EdgeNames names, Set<String> callers, Span span) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("", "protected");
    values.put("PORT", names.at().toString());
    values.put("IDENTITY", identity(names.server()));
    values.put("CLIENT_AUTH", certificate(names.authority()));
    values.put("CLIENT_NAMES", String.join(", ", callers));
    return located(values, span);
  }

  private void connect(EdgeNames names, Edge edge) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("", "protected");
    switch (names.at()) {
      case Listen.Tcp(var port) ->
          values.put("DESTINATION", OutsideRules.destination(edge.host(), port));
      case Listen.UnixPath path -> {
        values.put("DESTINATION", path.toString());
        values.put("SERVER_DNS_NAME", names.service());
      }
    }
    var client = names.client(edge.from());
    values.put("IDENTITY", identity(client));
    values.put("SERVER_AUTH", certificate(names.authority()));
    var caller = of(edge.from());
    caller.rule(names.clientRule(), edge.span(), located(values, edge.span()), problems);
    var owner = Optional.ofNullable(services.get(names.service())).orElseThrow().session();
    for (var secret : List.of(names.authority(), client, EdgeNames.keyOf(client))) {
      caller.take(new PlannedImport(secret, owner, secret));
    }
  }

  private void planOutside(OutsideRules rules, DeclaredEdge declared) {
    if (declared instanceof DeclaredEdge.ToHost edge) {
      rules.connect(edge);
    }
  }

  private static String identity(SecretName certificate) {
    return "$$SCONE::%s$$".formatted(EdgeNames.keyOf(certificate)) + certificate(certificate);
  }

  private static String certificate(SecretName name) {
    return "$$SCONE::%s:crt$$".formatted(name);
  }

  private static Map<String, Text> located(Map<String, String> values, Span span) {
    Map<String, Text> texts = new LinkedHashMap<>();
    values.forEach((suffix, value) -> texts.put(suffix, new Text(value, span)));
    return texts;
  }
}
