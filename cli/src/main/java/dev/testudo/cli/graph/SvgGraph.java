package dev.testudo.cli.graph;

import dev.testudo.cli.graph.GraphLayout.Point;
import dev.testudo.cli.graph.GraphLayout.Way;
import dev.testudo.cli.graph.MeshGraph.Edge;
import dev.testudo.cli.graph.MeshGraph.Node;
import dev.testudo.policy.deployment.MeshNetwork.Protection;
import java.util.Locale;

/// Draws a graph as SVG 1.1. The colours follow the reader's preference for light or dark. The same
/// graph gives the same text.
public final class SvgGraph {
  private static final int TEXT = 14;
  private static final int LOOP = 120;
  private static final int LONGEST = 40;

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
    for (var i = 0; i < graph.edges().size(); i++) {
      labels.append(edge(graph.edges().get(i), layout.ways().get(i)));
    }
    graph.nodes().forEach(this::node);
    return out.append(labels).append("</svg>\n").toString();
  }

  /// Draws a connection, and returns its label, which is drawn above everything else.
  private String edge(Edge edge, Way way) {
    var style = style(edge.protection());
    var path = new StringBuilder("M%d,%d".formatted(way.start().x(), way.start().y()));
    var at = way.start();
    for (var pass : way.passes()) {
      path.append(curve(at, new Point(pass.x(), pass.middle())));
      path.append(" H").append(pass.x() + pass.width());
      at = new Point(pass.x() + pass.width(), pass.middle());
    }
    var tip = way.back() ? 9 : -9;
    path.append(way.back() ? loop(at, way.end()) : curve(at, moved(way.end(), tip)));
    out.append("<path class=\"edge %s\" d=\"%s\"/>\n".formatted(style, path));
    out.append(
        "<path class=\"tip %s\" d=\"M%d,%d l%d,-5 v10 z\"/>\n"
            .formatted(style, way.end().x(), way.end().y(), tip));
    return "<text class=\"label halo %s\" x=\"%d\" y=\"%d\">%s</text>\n"
        .formatted(style, way.start().x() + TEXT, way.start().y() - 5, escaped(edge.label()));
  }

  private static Point moved(Point point, int right) {
    return new Point(point.x() + right, point.y());
  }

  private static String curve(Point from, Point to) {
    var bend = (to.x() - from.x()) / 2;
    return cubic(moved(from, bend), moved(to, -bend), to);
  }

  /// An edge that leads back turns on the right side of both nodes.
  private static String loop(Point from, Point to) {
    return cubic(moved(from, LOOP), moved(to, LOOP), moved(to, 9));
  }

  private static String cubic(Point first, Point second, Point end) {
    return " C%d,%d %d,%d %d,%d"
        .formatted(first.x(), first.y(), second.x(), second.y(), end.x(), end.y());
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
    var y = box.y() + 26 + GraphLayout.LINE + 2;
    for (var line : node.lines()) {
      out.append(
          "<text class=\"line\" x=\"%d\" y=\"%d\">%s<title>%s</title></text>\n"
              .formatted(box.x() + TEXT, y, escaped(shortened(line)), escaped(line)));
      y += GraphLayout.LINE;
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
