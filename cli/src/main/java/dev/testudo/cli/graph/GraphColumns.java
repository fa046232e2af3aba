package dev.testudo.cli.graph;

import dev.testudo.cli.graph.MeshGraph.Edge;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Assigns the nodes of a graph to columns: the number of a node's column is the length of the
/// longest way to it. Edges that would close a circle are not counted.
final class GraphColumns {
  private final MeshGraph graph;
  private final Set<String> done = new HashSet<>();
  private final List<Edge> forward = new ArrayList<>();

  private GraphColumns(MeshGraph graph) {
    this.graph = graph;
  }

  /// Returns the column of each node, by its id.
  static Map<String, Integer> of(MeshGraph graph) {
    return new GraphColumns(graph).columns();
  }

  private Map<String, Integer> columns() {
    graph.nodes().forEach(node -> visit(node.id(), new HashSet<>()));
    Map<String, Integer> columns = new LinkedHashMap<>();
    graph.nodes().forEach(node -> columns.put(node.id(), 0));
    for (var round = 0; round < graph.nodes().size(); round++) {
      for (var edge : forward) {
        columns.merge(edge.to(), columns.getOrDefault(edge.from(), 0) + 1, Math::max);
      }
    }
    return columns;
  }

  /// Keeps the edges that do not lead back to a node on the way to them.
  private void visit(String id, Set<String> open) {
    if (!done.add(id)) {
      return;
    }
    open.add(id);
    for (var edge : graph.edges()) {
      if (edge.from().equals(id) && !open.contains(edge.to())) {
        forward.add(edge);
        visit(edge.to(), open);
      }
    }
    open.remove(id);
  }
}
