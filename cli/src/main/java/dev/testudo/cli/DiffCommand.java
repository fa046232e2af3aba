package dev.testudo.cli;

import dev.testudo.cli.MeshComparison.Pair;
import dev.testudo.cli.build.BuiltImages;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.cli.mesh.LoadedMesh;
import dev.testudo.policy.deployment.BuiltImage;
import dev.testudo.policy.deployment.SessionText;
import dev.testudo.policy.manifest.UploadMode;
import dev.testudo.policy.source.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The command `testudo diff`.
@Command(
    name = "diff",
    description = {
      "Shows what `testudo apply` would change in a CAS, session by session, and in the chart that"
          + " is in the target directory. Changes nothing there.",
      "Exits with code 0 if nothing would change, 1 if something would, and another code if the"
          + " comparison is not possible. The values of secrets are not shown."
    })
final class DiffCommand implements Callable<Integer> {
  /// The exit code of diff(1) for differences.
  private static final int DIFFERENT = 1;

  private static final int SAME = ExitCode.DONE.number();

  private final CliContext context;

  @Option(
      names = {"-f", "--filename"},
      required = true,
      paramLabel = "FILE",
      description = "The Meshfile.")
  private Path file = Path.of("mesh.yaml");

  @Option(
      names = {"-t", "--target-directory"},
      paramLabel = "DIR",
      description = "The target directory of `apply` (default: `target` beside the file).")
  private @Nullable Path target;

  @Option(
      names = "--local",
      description = "Compares what `apply --local` would register. Lays the files of images out.")
  private boolean local;

  @Mixin private CasClientOptions cas = new CasClientOptions();

  DiffCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    try {
      return compare();
    } catch (CommandFailed e) {
      // Code 1 says that something differs.
      throw e.code() == ExitCode.INPUT_WRONG ? CommandFailed.usage(e.line()) : e;
    }
  }

  private int compare() throws IOException, CommandFailed {
    var findings = new Findings(context.streams().err());
    var mesh = findings.need(LoadedMesh.load(file, List.of()));
    var home = MeshCas.of(mesh.plan().mesh(), cas, context);
    if (local) {
      var images = new MeshApply(toErrors(), mesh, folder()).local();
      return compareSessions(home, mesh.plan().sessions(images)) ? SAME : DIFFERENT;
    }
    var versions = BuiltImages.of(mesh, Optional.ofNullable(target));
    var images = new LinkedHashMap<String, BuiltImage>();
    versions.forEach((service, one) -> images.put(service.name(), BuiltImages.inSession(one)));
    var charts =
        findings.need(MeshCharts.of(context, mesh, file, versions, Optional.of(home.which())));
    var same = compareSessions(home, mesh.plan().sessions(charts.launched(images)));
    return compareCharts(home, charts) && same ? SAME : DIFFERENT;
  }

  /// Returns true if all sessions are the same.
  private boolean compareSessions(MeshCas home, List<SessionText> sessions)
      throws IOException, CommandFailed {
    try (var client = home.client(home.which())) {
      var pairs = new MeshComparison(client).pairs(sessions);
      pairs.forEach(this::show);
      return pairs.stream().allMatch(Pair::isSame);
    }
  }

  /// Compares the chart, unless there is none. Returns true if nothing differs.
  private boolean compareCharts(MeshCas home, MeshCharts charts) throws IOException {
    var comparison =
        new ChartComparison(
            folder().resolve("helm"),
            charts.chart().files(Map.of()),
            home.mode() == UploadMode.ENCRYPTED_MANIFEST);
    if (!comparison.isPossible()) {
      return true;
    }
    var out = context.streams().out();
    var differences = comparison.differences();
    out.println(
        "chart %s: %s"
            .formatted(
                comparison.directory(),
                differences.isEmpty() ? "unchanged" : "changed, there (-) and here (+)"));
    differences.forEach(
        (file, lines) -> {
          out.println("  " + Printable.of(file));
          lines.forEach(line -> out.println("    " + Printable.of(line)));
        });
    return differences.isEmpty();
  }

  private Path folder() {
    return Optional.ofNullable(target).orElseGet(() -> file.resolveSibling("target"));
  }

  /// Returns a context whose output is not part of the result.
  private CliContext toErrors() {
    var streams = context.streams();
    return new CliContext(
        context.environment(),
        new CliContext.Streams(streams.in(), streams.err(), streams.err()),
        context.installation(),
        context.terminal(),
        context.started(),
        context.insistence());
  }

  private void show(Pair pair) {
    var out = context.streams().out();
    if (pair.isSame()) {
      out.println("session %s: unchanged".formatted(pair.name()));
      return;
    }
    var what = pair.active().isEmpty() ? "new" : "changed, in CAS (-) and here (+)";
    out.println("session %s: %s".formatted(pair.name(), what));
    var lines = pair.difference();
    if (lines.isEmpty()) {
      out.println("  only values that are not shown differ");
    }
    lines.forEach(line -> out.println("  " + line));
  }
}
