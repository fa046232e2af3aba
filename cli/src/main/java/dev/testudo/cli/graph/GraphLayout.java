package dev.testudo.cli.graph;

import dev.testudo.cli.graph.MeshGraph.Edge;
import dev.testudo.cli.graph.MeshGraph.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Where the nodes of a graph are: in columns, so that connections lead from left to right, and
/// within a column near what they are connected with.
///
/// @param boxes the place of each node, by its id
record GraphLayout(Map<String, Box> boxes, int width, int height) {
  private static final int BOX_WIDTH = 260;
  private static final int LINE = 17;
  private static final int HEAD = 40;
  private static final int COLUMN_GAP = 200;
  private static final int ROW_GAP = 36;
  private static final int MARGIN = 28;
  private static final int SWEEPS = 4;

  /// The place of a node, in pixels.
  record Box(int x, int y, int width, int height) {
    int middle() {
      return y + height / 2;
    }
  }

  static GraphLayout of(MeshGraph graph) {
    var columns = columns(graph);
    for (var sweep = 0; sweep < SWEEPS; sweep++) {
      for (var column : columns) {
        sort(column, columns, graph);
      }
    }
    return placed(columns);
  }

  private static int height(Node node) {
    return HEAD + LINE * node.lines().size() + (node.lines().isEmpty() ? 0 : 8);
  }

  /// Returns the nodes by the length of the longest way to them. Connections that would close a
  /// circle are not counted.
  private static List<List<Node>> columns(MeshGraph graph) {
    var forward = forward(graph);
    Map<String, Integer> rank = new LinkedHashMap<>();
    graph.nodes().forEach(node -> rank.put(node.id(), 0));
    for (var round = 0; round < graph.nodes().size(); round++) {
      for (var edge : forward) {
        rank.merge(edge.to(), rank.getOrDefault(edge.from(), 0) + 1, Math::max);
      }
    }
    var columns = new ArrayList<List<Node>>();
    for (var node : graph.nodes()) {
      int column = rank.getOrDefault(node.id(), 0);
      while (columns.size() <= column) {
        columns.add(new ArrayList<>());
      }
      columns.get(column).add(node);
    }
    return columns;
  }

  /// Returns the connections without those that lead back to a node on the way to them.
  private static List<Edge> forward(MeshGraph graph) {
    var kept = new ArrayList<Edge>();
    var done = new HashSet<String>();
    graph.nodes().forEach(node -> visit(node.id(), graph, new HashSet<>(), done, kept));
    return kept;
  }

  private static void visit(
      String id, MeshGraph graph, Set<String> open, Set<String> done, List<Edge> kept) {
    if (!done.add(id)) {
      return;
    }
    open.add(id);
    for (var edge : graph.edges()) {
      if (edge.from().equals(id) && !open.contains(edge.to())) {
        kept.add(edge);
        visit(edge.to(), graph, open, done, kept);
      }
    }
    open.remove(id);
  }

  private static void sort(List<Node> column, List<List<Node>> columns, MeshGraph graph) {
    var position = new HashMap<String, Double>();
    for (var nodes : columns) {
      for (var i = 0; i < nodes.size(); i++) {
        position.put(nodes.get(i).id(), (i + 0.5) / nodes.size());
      }
    }
    column.sort(Comparator.comparingDouble(node -> gravity(node, position, graph)));
  }

  /// Returns the mean position of what a node is connected with.
  private static double gravity(Node node, Map<String, Double> position, MeshGraph graph) {
    var neighbours = new ArrayList<Double>();
    for (var edge : graph.edges()) {
      if (edge.from().equals(node.id())) {
        neighbours.add(position.getOrDefault(edge.to(), 0.5));
      }
      if (edge.to().equals(node.id())) {
        neighbours.add(position.getOrDefault(edge.from(), 0.5));
      }
    }
    return neighbours.stream()
        .mapToDouble(Double::doubleValue)
        .average()
        .orElse(position.getOrDefault(node.id(), 0.5));
  }

  private static GraphLayout placed(List<List<Node>> columns) {
    var tallest = columns.stream().mapToInt(GraphLayout::height).max().orElse(0);
    Map<String, Box> boxes = new LinkedHashMap<>();
    for (var i = 0; i < columns.size(); i++) {
      var x = MARGIN + i * (BOX_WIDTH + COLUMN_GAP);
      var y = MARGIN + HEAD + (tallest - height(columns.get(i))) / 2;
      for (var node : columns.get(i)) {
        boxes.put(node.id(), new Box(x, y, BOX_WIDTH, height(node)));
        y += height(node) + ROW_GAP;
      }
    }
    var width = 2 * MARGIN + columns.size() * (BOX_WIDTH + COLUMN_GAP) - COLUMN_GAP;
    return new GraphLayout(boxes, width, 2 * MARGIN + HEAD + tallest);
  }

  private static int height(List<Node> column) {
    return column.stream().mapToInt(node -> height(node) + ROW_GAP).sum() - ROW_GAP;
  }

  Box box(String id) {
    var box = boxes.get(id);
    if (box == null) {
      throw new IllegalArgumentException("no node " + id);
    }
    return box;
  }
}
