package dev.testudo.cli.convert;

import dev.testudo.cli.convert.NetworkRule.Policy;
import dev.testudo.cli.convert.Workload.Container;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Turns NetworkPolicies, Services and Ingresses into `connects` and `public` of a Meshfile. An
/// edge exists if both ends permit it: a pod that no policy isolates at its end permits everything
/// there (Kubernetes, "Network Policies").
final class NetworkConverter {
  private final Tree tree;
  private final Report report;
  private final List<Workload> workloads;
  private final List<ServiceObject> services;
  private final List<Policy> policies;
  private final List<NetworkRule> rules = new ArrayList<>();
  private final Map<String, Set<Object>> connects = new LinkedHashMap<>();
  private final Map<String, Map<Integer, Span>> open = new LinkedHashMap<>();
  private final Map<End, Span> used = new LinkedHashMap<>();

  /// A port of a service.
  private record End(String service, int port) {}

  NetworkConverter(
      Tree tree,
      Report report,
      List<Workload> workloads,
      List<ServiceObject> services,
      List<Policy> policies) {
    this.tree = tree;
    this.report = report;
    this.workloads = List.copyOf(workloads);
    this.services = List.copyOf(services);
    this.policies = List.copyOf(policies);
  }

  /// What a Meshfile says of a service's connections.
  ///
  /// @param connects entries of `connects`
  /// @param open entries of `public`
  record Declared(List<Object> connects, List<Object> open) {
    Declared {
      connects = List.copyOf(connects);
      open = List.copyOf(open);
    }
  }

  /// Converts all rules.
  void convert(NetworkPolicyReader reader, List<KubernetesObject> ingresses) {
    policies.forEach(policy -> rules.addAll(reader.rules(policy)));
    for (var rule : rules) {
      if (rule.isEgress()) {
        egress(rule);
      } else {
        ingress(rule);
      }
    }
    if (policies.isEmpty()) {
      nothingGuessed(ingresses);
    } else {
      ingresses.forEach(this::openFor);
    }
    used.forEach(this::reportBoth);
  }

  /// Returns the policies.
  List<Policy> policies() {
    return policies;
  }

  /// Returns true if there are policies, so that the mesh refuses what no rule permits.
  boolean isDeclared() {
    return !policies.isEmpty();
  }

  /// Returns the ports of a service to which others may connect.
  Set<Integer> ports(String service) {
    var ports = new TreeSet<>(open.getOrDefault(service, Map.of()).keySet());
    used.keySet().stream()
        .filter(end -> end.service().equals(service))
        .forEach(end -> ports.add(end.port()));
    return ports;
  }

  /// Returns true if a port answers to those who have no certificate of the mesh.
  boolean isForEverybody(String service, int port) {
    return !isDeclared() || open.getOrDefault(service, Map.of()).containsKey(port);
  }

  /// Returns what was found about a service.
  Declared declared(String service) {
    var ports = new TreeMap<>(open.getOrDefault(service, Map.of()));
    return new Declared(
        List.copyOf(connects.getOrDefault(service, Set.of())), List.copyOf(ports.keySet()));
  }

  private void nothingGuessed(List<KubernetesObject> ingresses) {
    report.left(
        "connections: there is no NetworkPolicy, so the mesh does not restrict connections;"
            + " declare them with `connects` and `public`");
    services.forEach(service -> report.left("  Service " + service.described()));
    ingresses.forEach(ingress -> report.left("  " + ingress.described()));
  }

  private void ingress(NetworkRule rule) {
    for (var target : rule.selected()) {
      for (var port : ports(rule, target)) {
        if (rule.isForAll()) {
          open(target, port, rule.place());
        }
        for (var source : rule.peers()) {
          if (isOpenForEgress(source, target, port)) {
            edge(source, target, port, rule.place());
          } else {
            report.left(
                "connection from %s to %s:%d: no egress rule permits it (%s)"
                    .formatted(
                        source.object().name().value(),
                        target.object().name().value(),
                        port,
                        rule.place().place()));
          }
        }
      }
    }
  }

  /// Adds edges to pods that accept everybody. Others decide by their own rules.
  private void egress(NetworkRule rule) {
    if (rule.isForAll()) {
      report.left(
          "egress to everybody (%s): name hosts outside with `connects`"
              .formatted(rule.place().place()));
    }
    for (var target : rule.peers()) {
      if (policies.stream().noneMatch(p -> p.isolatesIngress() && p.selected().contains(target))) {
        for (var port : ports(rule, target)) {
          rule.selected().forEach(source -> edge(source, target, port, rule.place()));
        }
      }
    }
  }

  private boolean isOpenForEgress(Workload source, Workload target, int port) {
    var isIsolated =
        policies.stream().anyMatch(p -> p.isolatesEgress() && p.selected().contains(source));
    return !isIsolated
        || rules.stream()
            .filter(rule -> rule.isEgress() && rule.selected().contains(source))
            .filter(rule -> rule.isForAll() || rule.peers().contains(target))
            .anyMatch(rule -> rule.hasPort(target, port));
  }

  /// Returns the numbers of a rule's ports at a workload.
  private List<Integer> ports(NetworkRule rule, Workload target) {
    var numbers = new LinkedHashSet<Integer>();
    if (rule.ports().isEmpty()) {
      target.containers().stream()
          .flatMap(container -> container.ports().stream())
          .forEach(port -> numbers.add(port.number()));
      if (numbers.isEmpty()) {
        report(
            rule.place(),
            "the rule names no port, and neither does `%s`"
                .formatted(target.object().name().quotable()),
            "add `ports` to the rule");
      }
    }
    for (var port : rule.ports().orElse(List.of())) {
      target.port(port.value()).ifPresent(numbers::add);
      if (target.port(port.value()).isEmpty()) {
        report(
            port.span(),
            "`%s` has no port `%s`".formatted(target.object().name().quotable(), port.quotable()),
            "write its number");
      }
    }
    return List.copyOf(numbers);
  }

  private void report(Span place, String message, String help) {
    tree.problems().add(Diagnostic.error(DiagnosticId.INVALID_VALUE, place, message).helped(help));
  }

  private void open(Workload target, int port, Span place) {
    container(target, port, place)
        .forEach(
            container ->
                open.computeIfAbsent(container.service(), _ -> new TreeMap<>())
                    .putIfAbsent(port, place));
  }

  private List<Container> container(Workload target, int port, Span place) {
    var container = target.at(port);
    if (container.isEmpty()) {
      report(
          place,
          "no container of `%s` declares port %d"
              .formatted(target.object().name().quotable(), port),
          "add it to `ports` of one of them");
    }
    return container.stream().toList();
  }

  private void edge(Workload source, Workload target, int port, Span place) {
    for (var container : container(target, port, place)) {
      used.putIfAbsent(new End(container.service(), port), place);
      var hosts = hosts(target, port, container.service());
      for (var service : source.services()) {
        if (service.equals(container.service())) {
          warnSelf(service, port, place);
        } else {
          var edges = connects.computeIfAbsent(service, _ -> new LinkedHashSet<>());
          hosts.forEach(host -> edges.add(entry(container.service(), port, host)));
        }
      }
    }
  }

  private void warnSelf(String service, int port, Span place) {
    tree.problems()
        .add(
            Diagnostic.warning(
                    DiagnosticId.NOT_SUPPORTED_YET,
                    place,
                    "`%s` connects to itself at port %d".formatted(service, port))
                .labelled("a mesh has no edge between the replicas of a service"));
  }

  private static Object entry(String service, int port, String host) {
    if (host.equals(service)) {
      return service + ":" + port;
    }
    var entry = new LinkedHashMap<String, Object>();
    entry.put("service", service);
    entry.put("port", port);
    entry.put("host", host);
    return entry;
  }

  /// Returns the names by which callers reach a port: those of the Services that lead to it.
  private Set<String> hosts(Workload target, int port, String service) {
    var hosts = new LinkedHashSet<String>();
    for (var object : services) {
      for (var at : object.portsTo(target, port)) {
        hosts.add(object.name());
        if (!at.number().value().equals(Integer.toString(port))) {
          reportOther(object, at, port);
        }
      }
    }
    return hosts.isEmpty() ? Set.of(service) : hosts;
  }

  private void reportOther(ServiceObject object, ServiceObject.Port at, int port) {
    tree.problems()
        .add(
            Diagnostic.error(
                    DiagnosticId.CONFLICTING_KEYS,
                    at.number().span(),
                    "Service `%s` has port %s, but its pods have port %d"
                        .formatted(object.name(), at.number().quotable(), port))
                .labelled("both ends of a protected connection name the port")
                .helped(
                    "write `port: %d` here, and let callers connect to that port".formatted(port)));
  }

  /// Reports a port that is for everybody and for named callers.
  private void reportBoth(End end, Span place) {
    var everybody = open.getOrDefault(end.service(), Map.of()).get(end.port());
    if (everybody != null) {
      tree.problems()
          .add(
              Diagnostic.error(
                      DiagnosticId.CONFLICTING_KEYS,
                      place,
                      "port %d of `%s` is for these pods and for everybody"
                          .formatted(end.port(), end.service()))
                  .labelled("a port of a mesh is either")
                  .helped("it is for everybody at %s".formatted(everybody.place())));
    }
  }

  private void openFor(KubernetesObject ingress) {
    new IngressReader(tree)
        .backends(ingress)
        .forEach(
            backend -> {
              var targets = 0;
              for (var service : services) {
                if (service.name().equals(backend.service().value())) {
                  targets += openFor(service, backend);
                }
              }
              if (targets == 0) {
                report(
                    backend.service().span(),
                    "no Service `%s` with this port leads to a pod"
                        .formatted(backend.service().quotable()),
                    "add the Service and its pods with `-f`");
              }
            });
  }

  private int openFor(ServiceObject service, IngressReader.Backend backend) {
    var targets = 0;
    for (var port : service.ports()) {
      if (backend.port().equals(port.name()) || backend.port().equals(port.number().value())) {
        for (var workload : workloads) {
          var number = service.leadsTo(workload) ? workload.port(port.target()).orElse(0) : 0;
          if (number > 0) {
            open(workload, number, backend.service().span());
            targets++;
          }
        }
      }
    }
    return targets;
  }
}
