package dev.testudo.cli.graph;

import dev.testudo.cli.graph.MeshGraph.Edge;
import dev.testudo.cli.graph.MeshGraph.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Where the nodes of a graph are, and the ways of its edges: in columns, so that edges lead from
/// left to right, and within a column near what they are connected with. An edge that skips columns
/// has a place in each of them, so that it passes no node (the method of Sugiyama, Tagawa and
/// Toda).
///
/// @param boxes the place of each node, by its id
/// @param ways the way of each edge, in the order of the graph
record GraphLayout(Map<String, Box> boxes, List<Way> ways, int width, int height) {
  static final int LINE = 17;

  private static final int BOX_WIDTH = 280;
  private static final int HEAD = 40;
  private static final int COLUMN_GAP = 190;
  private static final int ROW_GAP = 34;
  private static final int END_GAP = 26;
  private static final int MARGIN = 28;
  private static final int SWEEPS = 8;

  /// A rectangle, in pixels.
  record Box(int x, int y, int width, int height) {
    int middle() {
      return y + height / 2;
    }
  }

  /// The way of an edge.
  ///
  /// @param start where it leaves the right side of a node
  /// @param passes the places that it passes in other columns
  /// @param end where it meets the left side of a node, or the right side if it leads back
  /// @param back whether it leads back to the same or an earlier column
  record Way(Point start, List<Box> passes, Point end, boolean back) {}

  /// A point, in pixels.
  record Point(int x, int y) {}

  /// What has a place in a column: a node, or an edge that passes.
  private record Slot(String id, int height) {}

  static GraphLayout of(MeshGraph graph) {
    return new Maker(graph).make();
  }

  Box box(String id) {
    var box = boxes.get(id);
    if (box == null) {
      throw new IllegalArgumentException("no node " + id);
    }
    return box;
  }

  /// Makes one layout.
  private static final class Maker {
    private final MeshGraph graph;
    private final Map<String, Integer> columnOf;
    private final List<List<Slot>> columns = new ArrayList<>();

    /// The slots before and after each slot, by its id.
    private final Map<String, List<String>> neighbours = new HashMap<>();

    private final Map<String, Box> boxes = new LinkedHashMap<>();

    Maker(MeshGraph graph) {
      this.graph = graph;
      this.columnOf = GraphColumns.of(graph);
    }

    GraphLayout make() {
      graph.nodes().forEach(node -> add(column(node.id()), new Slot(node.id(), height(node))));
      for (var i = 0; i < graph.edges().size(); i++) {
        connect(i);
      }
      for (var sweep = 0; sweep < SWEEPS; sweep++) {
        columns.forEach(this::sort);
      }
      place();
      var ways = ways();
      graph.nodes().forEach(node -> box(node.id()));
      boxes.keySet().retainAll(graph.nodes().stream().map(Node::id).toList());
      var width = 2 * MARGIN + columns.size() * (BOX_WIDTH + COLUMN_GAP) - COLUMN_GAP;
      return new GraphLayout(boxes, ways, width, 2 * MARGIN + HEAD + tallest());
    }

    private int column(String id) {
      return columnOf.getOrDefault(id, 0);
    }

    private void add(int column, Slot slot) {
      while (columns.size() <= column) {
        columns.add(new ArrayList<>());
      }
      columns.get(column).add(slot);
    }

    private static String pass(int edge, int column) {
      return "edge %d in %d".formatted(edge, column);
    }

    private void connect(int index) {
      var edge = graph.edges().get(index);
      var before = edge.from();
      for (var i = column(edge.from()) + 1; i < column(edge.to()); i++) {
        add(i, new Slot(pass(index, i), 0));
        join(before, pass(index, i));
        before = pass(index, i);
      }
      join(before, edge.to());
    }

    private void join(String one, String other) {
      neighbours.computeIfAbsent(one, _ -> new ArrayList<>()).add(other);
      neighbours.computeIfAbsent(other, _ -> new ArrayList<>()).add(one);
    }

    /// Text and ends of edges fit into the height of a node.
    private int height(Node node) {
      var text = HEAD + LINE * node.lines().size() + (node.lines().isEmpty() ? 0 : 8);
      var out = graph.edges().stream().filter(e -> e.from().equals(node.id())).count();
      var in = graph.edges().stream().filter(e -> e.to().equals(node.id())).count();
      return (int) Math.max(text, END_GAP * (Math.max(in, out) + 1));
    }

    private void sort(List<Slot> column) {
      var position = new HashMap<String, Double>();
      for (var slots : columns) {
        for (var i = 0; i < slots.size(); i++) {
          position.put(slots.get(i).id(), (i + 0.5) / slots.size());
        }
      }
      column.sort(Comparator.comparingDouble(slot -> gravity(slot, position)));
    }

    /// Returns the mean position of what a slot is connected with.
    private double gravity(Slot slot, Map<String, Double> position) {
      return neighbours.getOrDefault(slot.id(), List.of()).stream()
          .mapToDouble(id -> position.getOrDefault(id, 0.5))
          .average()
          .orElse(position.getOrDefault(slot.id(), 0.5));
    }

    private void place() {
      for (var i = 0; i < columns.size(); i++) {
        var x = MARGIN + i * (BOX_WIDTH + COLUMN_GAP);
        var y = MARGIN + HEAD + (tallest() - height(columns.get(i))) / 2;
        for (var slot : columns.get(i)) {
          boxes.put(slot.id(), new Box(x, y, BOX_WIDTH, slot.height()));
          y += slot.height() + ROW_GAP;
        }
      }
    }

    private int tallest() {
      return columns.stream().mapToInt(Maker::height).max().orElse(0);
    }

    private static int height(List<Slot> column) {
      return column.stream().mapToInt(slot -> slot.height() + ROW_GAP).sum() - ROW_GAP;
    }

    private List<Way> ways() {
      var ways = new ArrayList<Way>();
      for (var i = 0; i < graph.edges().size(); i++) {
        var edge = graph.edges().get(i);
        var passes = new ArrayList<Box>();
        for (var column = column(edge.from()) + 1; column < column(edge.to()); column++) {
          passes.add(box(pass(i, column)));
        }
        var from = box(edge.from());
        var to = box(edge.to());
        var back = to.x() <= from.x();
        ways.add(
            new Way(
                new Point(from.x() + from.width(), end(i, true)),
                passes,
                new Point(back ? to.x() + to.width() : to.x(), end(i, false)),
                back));
      }
      return ways;
    }

    /// Returns the height of an edge's end at its node. The ends of a node are in the order of what
    /// they lead to, so that they do not cross.
    private int end(int index, boolean leaving) {
      var edge = graph.edges().get(index);
      var id = leaving ? edge.from() : edge.to();
      var ends = new ArrayList<Integer>();
      for (var i = 0; i < graph.edges().size(); i++) {
        var other = graph.edges().get(i);
        if ((leaving ? other.from() : other.to()).equals(id)) {
          ends.add(i);
        }
      }
      ends.sort(Comparator.comparingInt(i -> next(i, leaving).middle()));
      var box = box(id);
      return box.y() + box.height() * (ends.indexOf(index) + 1) / (ends.size() + 1);
    }

    /// Returns the place that follows the start of an edge, or precedes its end.
    private Box next(int index, boolean leaving) {
      Edge edge = graph.edges().get(index);
      var from = column(edge.from());
      var to = column(edge.to());
      if (to - from > 1) {
        return box(pass(index, leaving ? from + 1 : to - 1));
      }
      return box(leaving ? edge.to() : edge.from());
    }

    private Box box(String id) {
      var box = boxes.get(id);
      if (box == null) {
        throw new AssertionError(id);
      }
      return box;
    }
  }
}
