package dev.testudo.cli.graph;

import dev.testudo.policy.deployment.MeshNetwork;
import dev.testudo.policy.deployment.MeshNetwork.Link;
import dev.testudo.policy.deployment.MeshNetwork.Port;
import dev.testudo.policy.deployment.MeshNetwork.Protection;
import dev.testudo.policy.deployment.MeshPlan;
import dev.testudo.policy.deployment.PlannedSecrets.PlannedImport;
import dev.testudo.policy.deployment.PlannedService;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What a picture of a mesh shows.
///
/// @param title the namespace of the mesh
/// @param nodes the services, and hosts outside of the mesh
/// @param edges the connections
public record MeshGraph(String title, List<Node> nodes, List<Edge> edges) {
  private static final String OUTSIDE = "anybody";

  public MeshGraph {
    nodes = List.copyOf(nodes);
    edges = List.copyOf(edges);
  }

  /// What a node is.
  public enum Kind {
    SERVICE,
    /// Hosts outside of the mesh to which services connect.
    HOST,
    /// Everybody who reaches a port of the mesh that demands no certificate.
    ANYBODY
  }

  /// A node.
  ///
  /// @param id unique
  /// @param name what is written on it
  /// @param lines further facts
  public record Node(String id, Kind kind, String name, List<String> lines) {
    public Node {
      lines = List.copyOf(lines);
    }
  }

  /// A connection from one node to another.
  ///
  /// @param label what is written on it
  public record Edge(String from, String to, String label, Protection protection) {}

  /// Returns the graph of a mesh.
  public static MeshGraph of(MeshPlan plan) {
    var network = MeshNetwork.of(plan, Map.of());
    var nodes = new ArrayList<Node>();
    var edges = new ArrayList<Edge>();
    var open = edgesOfAnybody(plan, network);
    if (!open.isEmpty()) {
      nodes.add(new Node(OUTSIDE, Kind.ANYBODY, "anybody", List.of("outside of the mesh")));
      edges.addAll(open);
    }
    for (var service : plan.services()) {
      nodes.add(new Node(id(service), Kind.SERVICE, service.name(), lines(plan, service)));
    }
    hosts(network).forEach(host -> nodes.add(new Node(hostId(host), Kind.HOST, host, List.of())));
    network.links().forEach(link -> edges.add(edge(link)));
    return new MeshGraph(plan.namespace().value(), nodes, edges);
  }

  private static String id(PlannedService service) {
    return "service " + service.name();
  }

  private static String hostId(String host) {
    return "host " + host;
  }

  private static Edge edge(Link link) {
    var to = link.to().map(name -> "service " + name).orElse(hostId(link.host()));
    var label = "TCP %d, %s".formatted(link.port(), text(link.protection()));
    return new Edge("service " + link.from(), to, label, link.protection());
  }

  /// Connections that need no certificate of the client.
  private static List<Edge> edgesOfAnybody(MeshPlan plan, MeshNetwork network) {
    var edges = new ArrayList<Edge>();
    for (var service : plan.services()) {
      for (var port : network.service(service.name()).ports()) {
        if (isForAnybody(port, network.callers(service.name(), port.number()))) {
          var label = "TCP %d, %s".formatted(port.number(), text(port.protection()));
          edges.add(new Edge(OUTSIDE, id(service), label, port.protection()));
        }
      }
    }
    return edges;
  }

  private static boolean isForAnybody(Port port, List<String> callers) {
    return port.protection() != Protection.MUTUAL_TLS || callers.isEmpty();
  }

  private static Set<String> hosts(MeshNetwork network) {
    return network.links().stream()
        .filter(link -> link.to().isEmpty())
        .map(Link::host)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static List<String> lines(MeshPlan plan, PlannedService service) {
    var lines = new ArrayList<String>();
    lines.add(service.image());
    lines.add(plan.needsJoinTokens() ? "software evidence, join token" : "hardware evidence");
    if (!MeshNetwork.of(plan, Map.of()).service(service.name()).restricted()) {
      lines.add("what no rule names passes unprotected");
    }
    given(plan, service)
        .forEach((to, names) -> lines.add("gives %s %s".formatted(to, String.join(", ", names))));
    return lines;
  }

  /// Returns the secrets of a service that others import, by the name of the importer. What a
  /// connection needs itself is left out.
  private static Map<String, List<String>> given(MeshPlan plan, PlannedService owner) {
    Map<String, List<String>> given = new LinkedHashMap<>();
    for (var other : plan.services()) {
      var names =
          other.secrets().imported().stream()
              .filter(imported -> imported.owner().equals(owner.session()))
              .filter(imported -> !imported.isOfConnection())
              .map(PlannedImport::original)
              .map(Object::toString)
              .toList();
      if (!names.isEmpty()) {
        given.put(other.name(), names);
      }
    }
    return given;
  }

  /// Returns what protects a connection, in words.
  static String text(Protection protection) {
    return switch (protection) {
      case MUTUAL_TLS -> "mutual TLS";
      case SERVER_TLS -> "TLS";
      case UNVERIFIED_TLS -> "TLS, server not verified";
      case NONE -> "not protected";
    };
  }

  /// Returns the node of an id.
  Optional<Node> node(String id) {
    return nodes.stream().filter(node -> node.id().equals(id)).findFirst();
  }
}
