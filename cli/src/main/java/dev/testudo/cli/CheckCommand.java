package dev.testudo.cli;

import dev.testudo.cli.convert.Conversion;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.cli.image.CopyPlan;
import dev.testudo.cli.mesh.FoundManifest;
import dev.testudo.cli.mesh.LoadedMesh;
import dev.testudo.cli.mesh.ManifestImage;
import dev.testudo.cli.mesh.SourceFiles;
import dev.testudo.policy.manifest.ManifestKind;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo check`: reports everything that is wrong with files and changes nothing.
@Command(
    name = "check",
    description = "Checks service manifests, Meshfiles and sessions, and reports every mistake.")
final class CheckCommand implements Callable<Integer> {
  private final CliContext context;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description =
          "A service manifest, Meshfile or session. Meshfiles are checked together with the service"
              + " manifests that you name.")
  private List<Path> files = List.of();

  @Mixin private VariableOptions variables = new VariableOptions();

  @Option(
      names = "--fail-on-warning",
      description = "Also exits with code 1 if there are only warnings.")
  private boolean failOnWarning;

  @Option(names = "--json", description = "Prints the findings as JSON.")
  private boolean json;

  CheckCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var sources = new LinkedHashMap<Path, SourceFile>();
    for (var file : files) {
      sources.put(file, SourceFiles.read(file));
    }
    var manifests =
        sources.entrySet().stream()
            .filter(entry -> ManifestKind.of(entry.getValue()) == ManifestKind.SERVICE)
            .map(Map.Entry::getKey)
            .toList();
    var found = new ArrayList<Diagnostic>();
    for (var entry : sources.entrySet()) {
      var findings = check(entry.getKey(), entry.getValue(), manifests);
      found.addAll(findings);
      if (!json && findings.stream().noneMatch(Diagnostic::isError)) {
        context.streams().out().println(entry.getKey() + ": ok");
      }
    }
    report(found);
    var wrong = found.stream().anyMatch(one -> one.isError() || failOnWarning);
    return (wrong ? ExitCode.INPUT_WRONG : ExitCode.DONE).number();
  }

  private void report(List<Diagnostic> found) {
    if (json) {
      var answer = new JsonBuilder().put("diagnostics", Findings.json(found)).build();
      context.streams().out().println(Json.writeText(answer));
    } else if (!found.isEmpty()) {
      new Findings(context.streams().err()).print(found);
      context.streams().err().println(Findings.summary(found));
    }
  }

  private List<Diagnostic> check(Path file, SourceFile source, List<Path> manifests)
      throws IOException, CommandFailed {
    return switch (ManifestKind.of(source)) {
      case SERVICE -> checkService(file, source);
      case MESH -> checkMesh(LoadedMesh.load(file, manifests));
      case SESSION ->
          SessionParser.read(source, variables.all(context.environment())).diagnostics();
      // The reader reports what is wrong with the text, or that the kind is unknown.
      case UNKNOWN ->
          Conversion.foreign(source)
              .map(List::of)
              .orElseGet(() -> ServiceManifest.read(source).diagnostics());
    };
  }

  private List<Diagnostic> checkMesh(Parsed<LoadedMesh> loaded) {
    if (!json && loaded instanceof Parsed.Valid<LoadedMesh>(var mesh, _)) {
      new Findings(context.streams().err()).remark(mesh.remarks());
    }
    return loaded.diagnostics();
  }

  private static List<Diagnostic> checkService(Path file, SourceFile source) {
    var read = ServiceManifest.read(source);
    var found = new ArrayList<>(read.diagnostics());
    if (read instanceof Parsed.Valid<ServiceManifest>(var manifest, _)
        && ManifestImage.recipe(new FoundManifest(file, manifest))
            instanceof Parsed.Valid<dev.testudo.cli.image.ImageRecipe>(var recipe, _)) {
      found.addAll(CopyPlan.of(recipe).diagnostics());
    }
    return found;
  }
}
