package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PendingFile;
import dev.testudo.cli.graph.GraphPage;
import dev.testudo.cli.graph.MeshGraph;
import dev.testudo.cli.graph.SvgGraph;
import dev.testudo.cli.mesh.LoadedMesh;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The command `testudo graph`: draws a mesh.
@Command(
    name = "graph",
    description = {
      "Draws the services of a mesh, who connects to whom and what protects each connection.",
      "The picture follows from the rules of the services' network shields. It contains no value of a variable or a secret."
    })
final class GraphCommand implements Callable<Integer> {
  private final CliContext context;

  @Option(
      names = {"-f", "--filename"},
      required = true,
      paramLabel = "FILE",
      description = "The Meshfile.")
  private Path file = Path.of("mesh.yaml");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description =
          "Where the picture goes: FILE.svg, or FILE.html for a page with tables (default: SVG on standard output).")
  private @Nullable Path output;

  GraphCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var chosen = output;
    var isPage = chosen != null && chosen.toString().endsWith(".html");
    if (chosen != null && !isPage && !chosen.toString().endsWith(".svg")) {
      throw CommandFailed.usage("`%s` ends neither with .svg nor with .html".formatted(chosen));
    }
    var mesh = new Findings(context.streams().err()).need(LoadedMesh.load(file, List.of()));
    var graph = MeshGraph.of(mesh.plan());
    var text = isPage ? GraphPage.of(graph) : SvgGraph.of(graph);
    if (chosen == null) {
      context.streams().out().print(text);
      return 0;
    }
    try (var pending = PendingFile.write(chosen, text.getBytes(StandardCharsets.UTF_8))) {
      pending.commit();
    }
    return 0;
  }
}
