package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PendingFile;
import dev.testudo.cli.image.ContainerUser;
import dev.testudo.cli.image.ImageDestination;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.cli.image.LiftedService;
import dev.testudo.cli.image.SconifiedImage;
import dev.testudo.cli.terminal.TransferLines;
import dev.testudo.cli.terminal.TransferLines.Words;
import dev.testudo.image.build.AgentLayer;
import dev.testudo.image.build.ConfidentialImage;
import dev.testudo.image.layer.LayerIndexCache;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.layout.ImageLocation.InRegistry;
import dev.testudo.image.layout.ImageLocation.LayoutDirectory;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.ImageName;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.sbom.ImageSbom;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.trust.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo sconify`.
@Command(
    name = "sconify",
    description = {
      "Makes a confidential image of an existing one, and the session for it.",
      "The new image starts an agent, which starts the program only once it is attested. Command,"
          + " environment and working directory of the existing image go into the session.",
      "A place is NAME or docker://NAME (in a registry), oci:DIRECTORY[:TAG],"
          + " oci-archive:FILE[:TAG] or docker-archive:FILE[:NAME]."
    })
final class SconifyCommand implements Callable<Integer> {
  /// How long an orderly stop may take: the uploads that have begun are canceled.
  private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

  private final CliContext context;

  @Option(
      names = "--from",
      paramLabel = "IMAGE",
      required = true,
      description = "The existing image.")
  private String from = "";

  @Option(
      names = "--to",
      paramLabel = "IMAGE",
      required = true,
      description = "Where the confidential image goes.")
  private String to = "";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The name of session and service (default: the last part of the name in --to).")
  private @Nullable String name;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where the session goes (default: target/NAME.session.yaml).")
  private @Nullable Path output;

  @Option(
      names = "--user",
      paramLabel = "USER[:GROUP]",
      description =
          "The user of the new image's containers, by name or number (default: that of the existing"
              + " image).")
  private @Nullable String user;

  @Mixin private InsecureOption insecure = new InsecureOption();

  @Option(
      names = "--dry-run",
      description =
          "Reads the existing image, shows what would be made, stored and permitted, and writes"
              + " nothing.")
  private boolean dryRun;

  @Option(
      names = "--no-push",
      description =
          "Sends nothing to the registry in --to: the image goes into the OCI layout NAME.oci"
              + " beside the session.")
  private boolean noPush;

  @Option(
      names = "--no-sbom",
      description =
          "Stores no software bill of materials beside the image, see `testudo image sbom`.")
  private boolean noSbom;

  @Mixin private SigningOptions signing = new SigningOptions();
  @Mixin private ProgressOptions progress = new ProgressOptions();

  @Mixin private JsonOption json = new JsonOption();

  @Parameters(
      arity = "0..*",
      paramLabel = "COMMAND",
      description = "The program and its arguments, after `--`, in place of the image's.")
  private List<String> command = List.of();

  SconifyCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var source = ImagePlaces.location(from);
    var wanted = ImagePlaces.location(to);
    var service = name == null ? lastPart(wanted) : name;
    var target = target(wanted, service);
    var agent = AgentLayer.read(context.installation().lib().resolveSibling("container"));
    try (var signals = StopSignals.listen(STOP_LIMIT, context.insistence(), () -> {});
        var client = insecure.client(context)) {
      signals.interruptThisThread(context.streams().err());
      var places = new ImagePlaces(client);
      try (var opened = places.open(source)) {
        var base = opened.image(ArchitectureOption.of(null));
        var lifted = LiftedService.of(service, base.config().container(), command);
        tell(source, base, lifted);
        var prepared = withUser(prepare(opened, base, agent, service));
        var session = session(service, lifted.session(prepared.measurement().hex()));
        print(
            dryRun
                ? plan(prepared, places, target, session)
                : write(prepared, places, source, target, session));
      }
    }
    if (noPush && !dryRun && wanted instanceof InRegistry) {
      progress
          .notes(context)
          .println(
              "testudo: not pushed; `testudo image copy %s %s` does"
                  .formatted(target.location(), wanted));
    }
    return 0;
  }

  private static String lastPart(ImageLocation target) {
    return switch (target) {
      case ImageLocation.InRegistry(var image) ->
          image.repository().substring(image.repository().lastIndexOf('/') + 1);
      case ImageLocation.Local local ->
          Objects.toString(local.path().getFileName(), "service")
              .replaceAll("\\.(tar|gz|tgz)$", "");
    };
  }

  private ImageDestination target(ImageLocation wanted, String service)
      throws IOException, CommandFailed {
    var location = noPush ? local(wanted, service) : wanted;
    var name = "localhost/" + service + ":" + ImageName.DEFAULT_TAG;
    return new ImageDestination(
        location,
        ImagePlaces.name(location, ImageName.DEFAULT_TAG, name),
        signing.signer(wanted, location),
        !noSbom);
  }

  /// Returns the place for an image that must not go into a registry.
  private ImageLocation local(ImageLocation wanted, String service) {
    return switch (wanted) {
      case InRegistry(var image) ->
          new LayoutDirectory(
              file(service).toAbsolutePath().resolveSibling(service + ".oci"), image.tag());
      case ImageLocation.Local local -> local;
    };
  }

  private void tell(ImageLocation source, ImageParts base, LiftedService lifted) {
    var notes = progress.notes(context);
    var bytes = base.manifest().layers().stream().mapToLong(Descriptor::size).sum();
    notes.println(
        "testudo: reading %d layers (%s) of %s"
            .formatted(base.manifest().layers().size(), TransferLines.size(bytes), source));
    LiftedService.losses(base.config().container())
        .forEach(line -> notes.println("testudo: " + line));
    lifted.keptVariables().ifPresent(line -> notes.println("testudo: " + line));
  }

  private ConfidentialImage.Prepared prepare(
      ImagePlaces.Opened opened, ImageParts base, AgentLayer agent, String service)
      throws IOException {
    var details = progress.details(context);
    details.println("testudo: the base has the digest " + base.descriptor().digest());
    details.println("testudo: the layer with the agent has the digest " + agent.blob().digest());
    try (var lines = progress.lines(Words.READING, context)) {
      var prepared =
          ConfidentialImage.prepare(
              opened.source(), base, agent, service, List.of(), cache(), lines);
      details.println("testudo: measured %d files".formatted(prepared.tree().entries()));
      return prepared;
    }
  }

  /// Returns the image with the user that was chosen, or warns if it starts as root.
  private ConfidentialImage.Prepared withUser(ConfidentialImage.Prepared prepared)
      throws IOException, CommandFailed {
    var notes = progress.notes(context);
    if (user == null) {
      ContainerUser.warning(prepared).ifPresent(line -> notes.println("testudo: " + line));
      return prepared;
    }
    var chosen = ContainerUser.choose(prepared, user);
    notes.println("testudo: " + chosen.note());
    return chosen.image();
  }

  /// Keeps what the bill of materials needs, so that no layer is read twice.
  private LayerIndexCache cache() {
    var cache = ImagePlaces.cache(context.environment());
    return noSbom || dryRun ? cache : cache.keeping(ImageSbom.contents());
  }

  private static SconifiedImage plan(
      ConfidentialImage.Prepared prepared,
      ImagePlaces places,
      ImageDestination target,
      SourceFile session)
      throws IOException {
    var planned = target.plan(prepared, places);
    return new SconifiedImage(
        target.location(), planned.image(), session, target.signer(), Optional.of(planned.blobs()));
  }

  /// Writes image and session. Nothing is sent if the session cannot be written, and it gets its
  /// name only when the image is there.
  private SconifiedImage write(
      ConfidentialImage.Prepared prepared,
      ImagePlaces places,
      ImageLocation source,
      ImageDestination target,
      SourceFile session)
      throws IOException, CommandFailed {
    try (var pending = pending(session);
        var lines = progress.lines(Words.COPYING, context)) {
      var written = target.write(prepared, places, source, lines);
      written
          .bill()
          .ifPresent(
              digest ->
                  progress
                      .details(context)
                      .println("testudo: the bill of materials has the digest " + digest));
      pending.commit();
      return new SconifiedImage(
          target.location(), written.image(), session, target.signer(), Optional.empty());
    }
  }

  private static PendingFile pending(SourceFile session) throws CommandFailed {
    try {
      return PendingFile.write(Path.of(session.name()), session.text().getBytes(UTF_8));
    } catch (IOException e) {
      throw CommandFailed.environment("cannot write the session, so no image is made", e);
    }
  }

  private Path file(String service) {
    return output == null ? Path.of("target", service + ".session.yaml") : output;
  }

  /// Returns the session, which CAS would accept.
  private SourceFile session(String service, String text) throws CommandFailed {
    var session = new SourceFile(file(service).toString(), text);
    new Findings(context.streams().err()).need(SessionParser.read(session));
    return session;
  }

  private void print(SconifiedImage image) {
    var out = context.streams().out();
    if (json.isGiven()) {
      JsonOption.print(Json.write(image.json().build()), out);
    } else {
      image.lines().forEach(out::println);
    }
  }
}
