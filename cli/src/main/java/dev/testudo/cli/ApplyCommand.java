package dev.testudo.cli;

import dev.testudo.cli.build.BuildOrder;
import dev.testudo.cli.build.BuildRecord;
import dev.testudo.cli.build.BuiltVersion;
import dev.testudo.cli.build.SignedVersions;
import dev.testudo.cli.convert.Conversion;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.CopyPlan;
import dev.testudo.cli.image.ImageDestination;
import dev.testudo.cli.image.ImageKeys;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.cli.mesh.FoundManifest;
import dev.testudo.cli.mesh.LoadedMesh;
import dev.testudo.cli.mesh.LocalLimits;
import dev.testudo.cli.mesh.ManifestImage;
import dev.testudo.cli.mesh.SourceFiles;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.layout.ImageLocation.LayoutDirectory;
import dev.testudo.policy.deployment.PlannedService;
import dev.testudo.policy.deployment.SessionText;
import dev.testudo.policy.manifest.ManifestKind;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.manifest.UploadMode;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.trust.approval.EncryptedBundle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// The command `testudo apply`: does what a manifest says.
@Command(
    name = "apply",
    description = {
      "Builds confidential images, and registers the sessions of a mesh with a CAS.",
      "For a service manifest it builds the image, measures it and stores it where `build.to` says."
          + " For a Meshfile it registers the session of each service, which permits the image that"
          + " was built last. Services without a manifest that are curated, such as redis, are built"
          + " then.",
      "If someone else has changed a session, or it has been changed from elsewhere since, the"
          + " command shows the difference and registers nothing. The file `registered` in the"
          + " target directory records what was registered last. Without that file, the command"
          + " replaces sessions that only you can have registered.",
      "If a service tolerates software evidence, the command creates a new join token for it in the"
          + " file `tokens/SERVICE.token` of the target directory, and revokes its old tokens."
    })
final class ApplyCommand implements Callable<Integer> {
  private static final Set<String> USED_BY_DEFAULTS = Set.of("--filename", "--print-defaults");

  private final CliContext context;

  @Spec private @Nullable CommandSpec command;

  @Option(
      names = {"-f", "--filename"},
      paramLabel = "FILE",
      description = "The service manifest or Meshfile.")
  private @Nullable Path given;

  @Option(
      names = {"-t", "--target-directory"},
      paramLabel = "DIR",
      description = "The directory for the output (default: `target` beside the file).")
  private @Nullable Path target;

  @Option(
      names = {"-d", "--dry-run"},
      description =
          "Registers and stores nothing: an image is built and measured only, sessions are written"
              + " to the target directory.")
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
          "The hash of a session in CAS to replace although it was not registered from this target"
              + " directory. Can be given several times.")
  private List<String> over = new ArrayList<>();

  @Option(
      names = "--local",
      description =
          "Builds no container images: lays the files of each image out in the target directory,"
              + " for services that `testudo agent run` starts with the programs of this machine.")
  private boolean local;

  @Option(
      names = "--rebuild",
      description =
          "For a Meshfile: builds the images of curated services although they exist, on their base"
              + " images as these are now.")
  private boolean rebuild;

  @Option(names = "--no-chart", description = "For a Meshfile: makes no Helm chart.")
  private boolean noChart;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "yaml",
      description =
          "For a Meshfile: also writes the objects of the chart to `manifests` in the target"
              + " directory, rendered with the program helm.")
  private @Nullable String output;

  @Option(
      names = "--signed-by",
      paramLabel = "FILE",
      description =
          "For a Meshfile: the public key that must have signed each image, see `testudo image"
              + " keygen`.")
  private @Nullable Path signedBy;

  @Option(
      names = "--to",
      paramLabel = "IMAGE",
      description = "For a service manifest: where the image goes (default: `build.to`).")
  private @Nullable String to;

  @Option(
      names = "--no-push",
      description = "Stores each image that is built in an OCI layout in the target directory.")
  private boolean noPush;

  @Option(
      names = "--print-defaults",
      description =
          "Prints what services expect and export: values with their defaults, secrets, ports; for"
              + " a service manifest also `build` with the value of every field. Without FILE it"
              + " prints this of the curated services.")
  private boolean printDefaults;

  @Option(
      names = "--sbom",
      description =
          "Stores the software bill of materials beside each image that is built, see"
              + " `testudo image sbom`.")
  private boolean sbom;

  @Mixin private ProgressOptions progress = new ProgressOptions();

  @Mixin private SigningOptions signing = new SigningOptions();

  @Mixin private InsecureOption insecure = new InsecureOption();

  @Mixin private JsonOption json = new JsonOption();

  @Mixin private CasClientOptions cas = new CasClientOptions();

  ApplyCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    if (printDefaults) {
      requireNothingElse();
    }
    if (given != null) {
      apply(SourceFiles.read(given));
    } else if (printDefaults) {
      print(DefaultsText.ofCurated());
    } else {
      throw CommandFailed.usage("name the service manifest or Meshfile with `-f FILE`");
    }
    return 0;
  }

  private void print(String text) {
    context.streams().out().print(text);
  }

  private void requireNothingElse() throws CommandFailed {
    var given = Objects.requireNonNull(command).commandLine().getParseResult().matchedOptions();
    var useless =
        given.stream()
            .map(OptionSpec::longestName)
            .filter(name -> !USED_BY_DEFAULTS.contains(name))
            .map("`%s`"::formatted)
            .distinct()
            .toList();
    if (!useless.isEmpty()) {
      throw CommandFailed.usage(
          "`--print-defaults` builds and registers nothing; leave out "
              + String.join(", ", useless));
    }
  }

  private void apply(SourceFile source) throws IOException, CommandFailed {
    switch (ManifestKind.of(source)) {
      case SERVICE -> applyService(source);
      case MESH -> applyMesh();
      case SESSION ->
          throw CommandFailed.input(
              "%s is a session; register it with `testudo session create`".formatted(file()));
      // The reader reports what is wrong with the text, or that the kind is unknown.
      case UNKNOWN -> {
        findings().needNoErrors(Conversion.foreign(source).stream().toList());
        findings().need(ServiceManifest.read(source));
      }
    }
  }

  private Path file() {
    return Objects.requireNonNull(given, "--filename");
  }

  private Findings findings() {
    return new Findings(context.streams().err());
  }

  private Path target() {
    return Optional.ofNullable(target).orElseGet(() -> file().resolveSibling("target"));
  }

  private void applyService(SourceFile source) throws IOException, CommandFailed {
    if (signedBy != null || !over.isEmpty() || noChart || rebuild || output != null) {
      throw CommandFailed.usage(
          "`--signed-by`, `--over`, `--no-chart`, `--rebuild` and `-o` are for Meshfiles; %s is a service manifest"
              .formatted(file()));
    }
    var manifest = findings().need(ServiceManifest.read(source));
    if (printDefaults) {
      print(DefaultsText.of(manifest));
      return;
    }
    var found = new FoundManifest(file(), manifest);
    if (local) {
      makeLocal(found);
      return;
    }
    var order = findings().need(BuildOrder.of(found));
    new ServiceApply(
            context, insecure, target(), destination(order, found.folder()), dryRun, progress)
        .run(order, json.isGiven());
  }

  private void makeLocal(FoundManifest found) throws IOException, CommandFailed {
    if (to != null || noPush || dryRun || sbom || json.isGiven() || signing.isGiven()) {
      throw CommandFailed.usage(
          "`--local` lays out files in the target directory; leave out `--to`, `--no-push`,"
              + " `--dry-run`, `--sbom`, `--json` and `--sign-…`");
    }
    var recipe = findings().need(ManifestImage.recipe(found));
    var copies = findings().need(CopyPlan.of(recipe));
    findings().needNoErrors(LocalLimits.ofFiles(found.manifest().build()));
    new LocalImages(context, target()).make(recipe, copies);
  }

  private ImageDestination destination(BuildOrder order, Path folder)
      throws IOException, CommandFailed {
    var location = location(order);
    var name = BuildRecord.tagged(order.build().to().value());
    var reference = ImagePlaces.name(location, name.substring(name.lastIndexOf(':') + 1), name);
    var signer =
        signing.signer(
            order.build().signature(), folder, context.streams().err(), order.target(), location);
    return new ImageDestination(location, reference, signer, sbom);
  }

  private ImageLocation location(BuildOrder order) throws CommandFailed {
    if (to != null && noPush) {
      throw CommandFailed.usage("`--to` and `--no-push` say two different places");
    }
    if (to != null) {
      return ImagePlaces.location(to);
    }
    if (noPush) {
      var name = BuildRecord.plain(order.build().to().value());
      return new LayoutDirectory(
          BuildRecord.images(target()).resolve(name + ".oci"), Optional.empty());
    }
    return order.target();
  }

  private void applyMesh() throws IOException, CommandFailed {
    if (printDefaults) {
      print(DefaultsText.of(findings().need(LoadedMesh.manifests(file()))));
      return;
    }
    if (to != null || json.isGiven()) {
      throw CommandFailed.usage(
          "`--to` and `--json` are for service manifests; %s is a Meshfile".formatted(file()));
    }
    if (local && (noPush || sbom || rebuild || signing.isGiven())) {
      throw CommandFailed.usage(
          "`--local` builds no images; leave out `--no-push`, `--sbom`, `--rebuild` and `--sign-…`");
    }
    if (local && signedBy != null) {
      throw CommandFailed.usage(
          "`--signed-by` is about container images, which `--local` does not use");
    }
    if (local && noChart) {
      throw CommandFailed.usage("`--local` makes no chart anyway; leave out `--no-chart`");
    }
    var helm = helm();
    var mesh = findings().need(LoadedMesh.load(file(), List.of()));
    if ((noPush || sbom || rebuild || signing.isGiven()) && !mesh.hasCurated()) {
      throw CommandFailed.usage(
          "`--no-push`, `--sbom`, `--rebuild` and `--sign-…` are for images that are built, and %s has no curated service; give the options with the service manifests"
              .formatted(file()));
    }
    findings().remark(local ? mesh.localRemarks() : mesh.remarks());
    var inGuests = GuestOrders.areIn(mesh.plan().mesh());
    if (local && inGuests) {
      throw CommandFailed.usage(
          "`--local` makes no container images, and guests of Kata Containers (`kata` of a machine) run such; leave out `--local`");
    }
    var apply = new MeshApply(context, mesh, target());
    var home = MeshCas.of(mesh.plan().mesh(), cas, context);
    if (local) {
      register(apply, home, mesh.plan().sessions(apply.local()));
      return;
    }
    var versions = versions(apply, curated(mesh));
    // What names a service in a guest follows from the chart.
    var chart =
        noChart && !inGuests
            ? Optional.<MeshCharts>empty()
            : Optional.of(chart(mesh, home, versions));
    var built = apply.built(versions);
    var images = chart.map(one -> one.launched(built)).orElse(built);
    var encrypted = register(apply, home, mesh.plan().sessions(images));
    if (chart.isPresent()) {
      chart.get().writeInitdata(target().resolve("initdata"));
    }
    if (chart.isPresent() && !noChart) {
      var brought =
          home.mode() == UploadMode.ENCRYPTED_MANIFEST
              ? encrypted
              : Map.<SessionName, EncryptedBundle>of();
      chart.get().write(target().resolve("helm"), brought, helm);
    }
  }

  /// Finds the program that renders the chart, before anything is done.
  private Optional<HelmTemplate> helm() throws CommandFailed {
    if (output == null) {
      return Optional.empty();
    }
    if (!output.equals("yaml")) {
      throw CommandFailed.usage("`-o` takes `yaml`, not `%s`".formatted(output));
    }
    if (local || noChart) {
      throw CommandFailed.usage("`-o yaml` renders the chart, which there is none of");
    }
    return Optional.of(HelmTemplate.find(context));
  }

  /// Builds the images of curated services that are not built yet.
  private Map<String, BuiltVersion> curated(LoadedMesh mesh) throws IOException, CommandFailed {
    var builds =
        new CuratedBuilds(context, insecure, target(), this::destination, rebuild, progress);
    return builds.build(mesh, dryRun);
  }

  private MeshCharts chart(
      LoadedMesh mesh, MeshCas home, Map<PlannedService, BuiltVersion> versions)
      throws IOException, CommandFailed {
    var known = registersNothing(home) ? home.ifKnown() : Optional.of(home.which());
    return findings().need(MeshCharts.of(context, mesh, file(), versions, known));
  }

  private boolean registersNothing(MeshCas home) {
    return dryRun || home.mode() == UploadMode.NO_UPLOAD;
  }

  private Map<SessionName, EncryptedBundle> register(
      MeshApply apply, MeshCas home, List<SessionText> sessions) throws IOException, CommandFailed {
    if (registersNothing(home)) {
      apply.write(sessions);
      return Map.of();
    }
    return apply.register(home, sessions, replaceable(), TokenOrders.of(tokenUses, tokenValidity));
  }

  private Map<PlannedService, BuiltVersion> versions(
      MeshApply apply, Map<String, BuiltVersion> fresh) throws IOException, CommandFailed {
    var versions = apply.find(Optional.ofNullable(target), fresh);
    if (signedBy != null) {
      var key = ImageKeys.readPublic(CasClientOptions.given("--signed-by", signedBy));
      try (var client = insecure.client(context)) {
        new SignedVersions(new ImagePlaces(client), key).require(versions.values());
      }
    }
    return versions;
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
}
