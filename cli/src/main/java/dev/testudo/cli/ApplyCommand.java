package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.cli.image.CopyPlan;
import dev.testudo.cli.image.ImageDirectory;
import dev.testudo.cli.mesh.FoundManifest;
import dev.testudo.cli.mesh.LoadedMesh;
import dev.testudo.cli.mesh.ManifestImage;
import dev.testudo.cli.mesh.SourceFiles;
import dev.testudo.policy.deployment.MeshPlan;
import dev.testudo.policy.deployment.SessionText;
import dev.testudo.policy.manifest.ManifestKind;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.trust.channel.JoinTokenOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The command `testudo apply`: does what a manifest says.
@Command(
    name = "apply",
    description = {
      "Builds and measures images, and registers the sessions of a mesh with a CAS.",
      "For a service manifest it builds the image. For a Meshfile it builds the images of all services and registers their sessions.",
      "If someone else has changed a session, or has registered it from elsewhere, the command shows the difference and registers nothing. The file `registered` in the target directory records what was registered last.",
      "If a service tolerates software evidence, the command creates a new join token for it in the file"
          + " `tokens/SERVICE.token` of the target directory, and revokes its old tokens."
    })
final class ApplyCommand implements Callable<Integer> {
  private final CliContext context;

  @Option(
      names = {"-f", "--filename"},
      required = true,
      paramLabel = "FILE",
      description = "The service manifest or Meshfile.")
  private Path file = Path.of("mesh.yaml");

  @Option(
      names = {"-t", "--target-directory"},
      paramLabel = "DIR",
      description = "The directory for the output (default: `target` beside the file).")
  private @Nullable Path target;

  @Option(
      names = {"-d", "--dry-run"},
      description = "Writes the sessions to the target directory and registers nothing.")
  private boolean dryRun;

  @Option(
      names = "--token-uses",
      defaultValue = "100",
      paramLabel = "N",
      description = "How many times each service may start with its join token (default: 100).")
  private int tokenUses;

  @Option(
      names = "--token-valid-for",
      defaultValue = "30 days",
      paramLabel = "TIME",
      description =
          "How long the join tokens are valid: `10 min`, `12h`, `30 days` (default: 30 days).")
  private String tokenValidity = "";

  @Option(
      names = "--over",
      paramLabel = "HASH",
      description =
          "The hash of a session in CAS to replace although it was not registered from this target directory. Can be given several times.")
  private List<String> over = new ArrayList<>();

  @Mixin private CasClientOptions cas = new CasClientOptions();

  ApplyCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var source = SourceFiles.read(file);
    switch (ManifestKind.of(source)) {
      case SERVICE -> applyService(source);
      case MESH -> applyMesh();
      case SESSION ->
          throw CommandFailed.input(
              "%s is a session; register it with `testudo session create`".formatted(file));
      // The reader reports what is wrong with the text, or that the kind is unknown.
      case UNKNOWN -> findings().need(ServiceManifest.read(source));
    }
    return 0;
  }

  private Findings findings() {
    return new Findings(context.streams().err());
  }

  private Path target() {
    return Optional.ofNullable(target).orElseGet(() -> file.resolveSibling("target"));
  }

  private void applyService(SourceFile source) throws IOException, CommandFailed {
    var manifest = findings().need(ServiceManifest.read(source));
    var recipe = findings().need(ManifestImage.recipe(new FoundManifest(file, manifest)));
    var copies = findings().need(CopyPlan.of(recipe));
    say(recipe.name(), ImageDirectory.make(imageFolder(recipe.name()), recipe, copies));
  }

  private void applyMesh() throws IOException, CommandFailed {
    var mesh = findings().need(LoadedMesh.load(file, List.of()));
    var measurements = new LinkedHashMap<String, String>();
    for (var service : mesh.plan().services()) {
      var planned = mesh.image(service.name());
      var image =
          ImageDirectory.make(imageFolder(service.image()), planned.recipe(), planned.copies());
      measurements.put(service.name(), say(service.image(), image));
    }
    var sessions = mesh.plan().sessions(measurements);
    if (dryRun) {
      write(sessions);
    } else {
      var replaceable = replaceable();
      register(mesh.plan(), sessions, replaceable, TokenOrders.of(tokenUses, tokenValidity));
    }
  }

  private Set<SessionHash> replaceable() throws CommandFailed {
    var hashes = new HashSet<SessionHash>();
    for (var text : over) {
      hashes.add(
          SessionHash.parse(text)
              .orElseThrow(
                  () -> CommandFailed.usage("`%s` is not the hash of a session".formatted(text))));
    }
    return hashes;
  }

  private void register(
      MeshPlan plan, List<SessionText> sessions, Set<SessionHash> replaceable, JoinTokenOrder order)
      throws IOException, CommandFailed {
    try (var client = cas.client(context)) {
      var streams = context.streams();
      Files.createDirectories(target());
      var last = LastRegistered.in(target().resolve("registered"));
      new MeshSessions(
              client, cas.which(context).key(), last, replaceable, streams.out(), streams.err())
          .register(sessions);
      if (plan.needsJoinTokens()) {
        new MeshTokens(client, target().resolve("tokens"), context.streams().out())
            .rotate(plan.services(), order);
      }
    }
  }

  private void write(List<SessionText> sessions) throws IOException {
    var folder = PrivateFiles.directory(target().resolve("sessions"));
    for (var session : sessions) {
      var written = folder.resolve(session.name().value().replace('/', '-') + ".yaml");
      PrivateFiles.replace(written, session.yaml());
      context
          .streams()
          .out()
          .println("session %s written to %s".formatted(session.name(), written));
    }
  }

  private Path imageFolder(String image) {
    return target().resolve("images").resolve(image.replaceAll("[^A-Za-z0-9_.-]", "_"));
  }

  /// Prints what was made and returns its measurement.
  private String say(String name, ImageDirectory image) throws IOException {
    var measurement = image.measure(context.installation().lib());
    var programs = String.join(", ", image.hostFiles().stream().map(Path::toString).toList());
    var out = context.streams().out();
    out.println("image %s in %s".formatted(name, image.path()));
    out.println(
        "  files copied: %d; programs of this machine: %s"
            .formatted(image.copied(), programs.isEmpty() ? "none" : programs));
    out.println("  measurement:  " + measurement.measurement());
    out.println("    of the image:   " + measurement.image().measurement());
    out.println("    of the machine: " + measurement.machine());
    return measurement.measurement().hex();
  }
}
