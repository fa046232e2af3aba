package dev.testudo.cli;

import dev.testudo.cli.build.BuildOrder;
import dev.testudo.cli.build.BuildSteps;
import dev.testudo.cli.build.ImageBuilder;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ImageDestination;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.cli.image.ImageSigner;
import dev.testudo.image.build.AgentLayer;
import dev.testudo.image.build.command.BuildAccess;
import dev.testudo.image.build.command.BuildException;
import dev.testudo.image.build.command.BuildFault;
import dev.testudo.image.build.command.CommandLayers;
import dev.testudo.image.sbom.ImageSbom;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;

/// Builds the image of a service manifest, stores it, and says what it is.
///
/// @param target the directory for output
/// @param destination where the image goes
/// @param dryRun whether it is built and not stored
record ServiceApply(
    CliContext context,
    InsecureOption insecure,
    Path target,
    ImageDestination destination,
    boolean dryRun,
    ProgressOptions progress) {
  /// How long an orderly stop may take: uploads and commands are canceled.
  private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

  /// Builds the image.
  ///
  /// @param json whether the result is printed as JSON
  void run(BuildOrder order, boolean json) throws IOException, CommandFailed {
    report(order, build(order, diagnostic -> diagnostic), json);
  }

  /// Builds the image without a report.
  ///
  /// @param located says where diagnostics about the manifest belong
  ImageBuilder.Result build(BuildOrder order, UnaryOperator<Diagnostic> located)
      throws IOException, CommandFailed {
    var agent = AgentLayer.read(context.installation().lib().resolveSibling("container"));
    try (var signals = StopSignals.listen(STOP_LIMIT, context.insistence(), () -> {});
        var client = insecure.client(context)) {
      signals.interruptThisThread(context.streams().err());
      var indexes = ImagePlaces.cache(context.environment());
      var cache = destination.sbom() ? indexes.keeping(ImageSbom.contents()) : indexes;
      var builder =
          new ImageBuilder(
              new ImagePlaces(client),
              agent,
              steps(),
              cache,
              target,
              words -> progress.lines(words, context));
      var built =
          builder
              .build(order, destination, !dryRun)
              .withProblems(found -> found.stream().map(located).toList());
      return new Findings(context.streams().err()).need(built);
    } catch (BuildException e) {
      e.output().forEach(line -> context.streams().err().println("  | " + line));
      throw e.fault() == BuildFault.COMMAND_FAILED || e.fault() == BuildFault.COMMAND_NOT_FOUND
          ? CommandFailed.input(CommandFailed.reason(e))
          : CommandFailed.environment(CommandFailed.reason(e));
    }
  }

  private BuildSteps steps() {
    var environment = context.environment();
    var place =
        CommandLayers.Place.of(
            ImagePlaces.caches(environment).resolve("commands"),
            environment,
            ImagePlaces.cache(environment));
    var lines = new BuildLines(progress.notes(context), progress.details(context));
    return new BuildSteps(new CommandLayers(place), BuildAccess.of(environment), lines);
  }

  private void report(BuildOrder order, ImageBuilder.Result result, boolean json) {
    var out = context.streams().out();
    var version = result.version();
    var place = destination.location() + "@" + version.digest();
    if (json) {
      var object =
          new JsonBuilder()
              .put("image", order.build().to().value())
              .put("place", destination.location().toString())
              .put("digest", version.digest().toString())
              .put("measurement", version.measurement().hex())
              .put("hardware_attested", false)
              .put("sign_identity", destination.signer().map(ImageSigner::repository))
              .put("stable", version.stable())
              .put("entries", result.entries())
              .put("dry_run", dryRun);
      JsonOption.print(Json.write(object.build()), out);
      return;
    }
    print(out, "image", order.build().to().value());
    print(out, dryRun ? "would go to" : "stored", place);
    print(out, "measurement", version.measurement().hex() + " (not hardware attested)");
    destination.signer().ifPresent(by -> print(out, "signed for", by.repository()));
    version.stable().forEach(measurement -> print(out, "stable", measurement));
  }

  private static void print(PrintStream out, String what, String value) {
    out.println("%-12s %s".formatted(what, value));
  }
}
