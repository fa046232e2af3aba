package dev.testudo.cli.graph;

import static dev.testudo.cli.graph.SvgGraph.escaped;

import dev.testudo.cli.graph.MeshGraph.Edge;
import dev.testudo.cli.graph.MeshGraph.Node;

/// A page with the picture of a mesh, and the same in tables. It needs nothing else.
public final class GraphPage {
  private GraphPage() {}

  /// Returns the page of a graph.
  public static String of(MeshGraph graph) {
    var page = new StringBuilder(head(escaped(graph.title())));
    page.append("<figure>\n").append(SvgGraph.of(graph)).append("</figure>\n");
    page.append("<h2>Connections</h2>\n<table>\n<tr><th>from<th>to<th>connection\n");
    graph.edges().forEach(edge -> page.append(row(graph, edge)));
    page.append("</table>\n<h2>Services</h2>\n<table>\n<tr><th>service<th>facts\n");
    graph.nodes().stream()
        .filter(node -> node.kind() == MeshGraph.Kind.SERVICE)
        .forEach(node -> page.append(row(node)));
    return page.append("</table>\n</html>\n").toString();
  }

  private static String row(MeshGraph graph, Edge edge) {
    return "<tr><td>%s<td>%s<td>%s\n"
        .formatted(name(graph, edge.from()), name(graph, edge.to()), escaped(edge.label()));
  }

  private static String name(MeshGraph graph, String id) {
    return escaped(graph.node(id).map(Node::name).orElse(id));
  }

  private static String row(Node node) {
    var facts = node.lines().stream().map(SvgGraph::escaped).toList();
    return "<tr><td>%s<td>%s\n".formatted(escaped(node.name()), String.join("<br>", facts));
  }

  private static String head(String title) {
    return """
        <!DOCTYPE html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%s</title>
        <style>
          :root { color-scheme: light dark; }
          body { font: 15px/1.5 system-ui, sans-serif; margin: 1.5rem; max-width: 90rem; }
          figure { margin: 0; overflow-x: auto; }
          table { border-collapse: collapse; margin: 1rem 0; }
          th, td { text-align: left; vertical-align: top; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid #8884; }
        </style>
        """
        .formatted(title);
  }
}
