package dev.testudo.cli.graph;

import dev.testudo.cli.graph.GraphLayout.Box;
import dev.testudo.cli.graph.MeshGraph.Edge;
import dev.testudo.cli.graph.MeshGraph.Node;
import dev.testudo.policy.deployment.MeshNetwork.Protection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// Draws a graph as SVG 1.1. The colours follow the reader's preference for light or dark. The same
/// graph gives the same text.
public final class SvgGraph {
  private static final int TEXT = 14;
  private static final int LINE = 17;
  private static final int LONGEST = 36;

  private static final String STYLE =
      """
      <style>
        svg { --ground: #ffffff; --ink: #1c2126; --faint: #5c6670; --box: #f3f6f8; --rim: #9aa7b2;
              --mutual: #157347; --tls: #0b5cad; --weak: #a15c00; --none: #b3261e; background: var(--ground); }
        @media (prefers-color-scheme: dark) {
          svg { --ground: #15191d; --ink: #e8edf1; --faint: #a3afb9; --box: #20272d; --rim: #5c6a76;
                --mutual: #58c98c; --tls: #6fb3ff; --weak: #e6a53c; --none: #ff8a80; }
        }
        text { font: 13px system-ui, sans-serif; fill: var(--ink); }
        .title { font-size: 18px; font-weight: 600; }
        .name { font-size: 15px; font-weight: 600; }
        .line, .label { font-size: 12px; fill: var(--faint); }
        .box { fill: var(--box); stroke: var(--rim); stroke-width: 1.5; }
        .host, .anybody { stroke-dasharray: 5 4; }
        .edge { fill: none; stroke-width: 2; }
        .mutual_tls { stroke: var(--mutual); } .server_tls { stroke: var(--tls); }
        .unverified_tls { stroke: var(--weak); } .none { stroke: var(--none); }
        text.mutual_tls { fill: var(--mutual); stroke: none; } text.server_tls { fill: var(--tls); stroke: none; }
        text.unverified_tls { fill: var(--weak); stroke: none; } text.none { fill: var(--none); stroke: none; }
        .tip { stroke: none; }
        .tip.mutual_tls { fill: var(--mutual); } .tip.server_tls { fill: var(--tls); }
        .tip.unverified_tls { fill: var(--weak); } .tip.none { fill: var(--none); }
        .halo { stroke: var(--ground); stroke-width: 5; stroke-linejoin: round; paint-order: stroke; }
      </style>
      """;

  private final MeshGraph graph;
  private final GraphLayout layout;
  private final StringBuilder out = new StringBuilder();

  /// How many connections of a node have been drawn on its left and right side.
  private final Map<String, Integer> drawn = new HashMap<>();

  private SvgGraph(MeshGraph graph) {
    this.graph = graph;
    this.layout = GraphLayout.of(graph);
  }

  /// Returns the picture of a graph.
  public static String of(MeshGraph graph) {
    return new SvgGraph(graph).draw();
  }

  private String draw() {
    out.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img">
        <title>%3$s</title>
        """
            .formatted(layout.width(), layout.height(), escaped("The mesh " + graph.title())));
    out.append(STYLE);
    out.append(
        "<text class=\"title\" x=\"28\" y=\"40\">%s</text>\n".formatted(escaped(graph.title())));
    var labels = new StringBuilder();
    graph.edges().forEach(edge -> labels.append(edge(edge)));
    graph.nodes().forEach(this::node);
    return out.append(labels).append("</svg>\n").toString();
  }

  /// Draws a connection, and returns its label, which is drawn above everything else.
  private String edge(Edge edge) {
    var from = layout.box(edge.from());
    var to = layout.box(edge.to());
    var back = to.x() <= from.x();
    var x1 = from.x() + from.width();
    var y1 = height(edge.from() + " right", from, edge.from(), true);
    var x2 = back ? to.x() + to.width() : to.x();
    var y2 = height(edge.to() + " left", to, edge.to(), false);
    var bend = back ? 70 : (x2 - x1) / 2;
    var style = style(edge.protection());
    out.append(
        "<path class=\"edge %s\" d=\"M%d,%d C%d,%d %d,%d %d,%d\"/>\n"
            .formatted(
                style,
                x1,
                y1,
                x1 + bend,
                y1,
                back ? x2 + bend : x2 - bend,
                y2,
                back ? x2 + 8 : x2 - 8,
                y2));
    var tip = back ? 9 : -9;
    out.append(
        "<path class=\"tip %s\" d=\"M%d,%d l%d,-5 v10 z\"/>\n".formatted(style, x2, y2, tip));
    var x = back ? Math.max(x1, x2) + 60 : x1 + 16;
    var anchor = "start";
    return "<text class=\"label halo %s\" x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n"
        .formatted(
            style, x, back ? (y1 + y2) / 2 : labelHeight(y1, y2), anchor, escaped(edge.label()));
  }

  private static int labelHeight(int from, int to) {
    return (to >= from ? from - 6 : from + TEXT);
  }

  /// Returns where the next connection of a node ends, so that connections do not share a point.
  private int height(String side, Box box, String id, boolean outgoing) {
    var all =
        graph.edges().stream()
            .filter(edge -> (outgoing ? edge.from() : edge.to()).equals(id))
            .count();
    var number = drawn.merge(side, 1, Integer::sum);
    return box.y() + (int) (box.height() * number / (all + 1));
  }

  private void node(Node node) {
    var box = layout.box(node.id());
    var kind = node.kind().name().toLowerCase(Locale.ROOT);
    out.append(
        "<rect class=\"box %s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"8\"/>\n"
            .formatted(kind, box.x(), box.y(), box.width(), box.height()));
    out.append(
        "<text class=\"name\" x=\"%d\" y=\"%d\">%s</text>\n"
            .formatted(box.x() + TEXT, box.y() + 26, escaped(shortened(node.name()))));
    var y = box.y() + 26 + LINE + 2;
    for (var line : node.lines()) {
      out.append(
          "<text class=\"line\" x=\"%d\" y=\"%d\">%s<title>%s</title></text>\n"
              .formatted(box.x() + TEXT, y, escaped(shortened(line)), escaped(line)));
      y += LINE;
    }
  }

  private static String style(Protection protection) {
    return protection.name().toLowerCase(Locale.ROOT);
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
  }

  /// Returns text as XML 1.0 has it. Characters that XML cannot have are replaced.
  static String escaped(String text) {
    var escaped = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                default -> escaped.appendCodePoint(c >= ' ' && Character.isDefined(c) ? c : 0xFFFD);
              }
            });
    return escaped.toString();
  }
}
