package dev.testudo.cli;

import dev.testudo.cli.build.BuildOrder;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PendingFile;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.cli.vm.PinnedFile;
import dev.testudo.cli.vm.VmImage;
import dev.testudo.cli.vm.VmKernel;
import dev.testudo.image.build.AgentLayer;
import dev.testudo.image.oci.Platform;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.vm.pe.PeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The command `testudo vm build`.
@Command(
    name = "build",
    description = {
      "Makes a VM image of a confidential container image.",
      "The image is one file that UEFI firmware boots: kernel, initrd and command line. Process 1 is"
          + " the agent. The same inputs give the same bytes."
    })
final class VmBuildCommand implements Callable<Integer> {
  /// The only processor for which there are VM images, as Go spells it.
  private static final String ARCHITECTURE = "amd64";

  private static final String AUTO = "auto";

  /// The sources of evidence that a virtual machine can have (`docs/evidence-sources.md`).
  private static final List<String> SOURCES =
      List.of(AUTO, "configfs-tsm", "sev-guest", "azure-vtpm", "tpm", "software");

  private final CliContext context;

  @Option(
      names = {"-f", "--filename"},
      paramLabel = "FILE",
      description = "The service manifest, whose image `testudo apply` has built.")
  private @Nullable Path manifest;

  @Option(
      names = "--image",
      paramLabel = "IMAGE",
      description = "A confidential container image, in place of a manifest.")
  private @Nullable String image;

  @Option(
      names = {"-t", "--target-directory"},
      paramLabel = "DIR",
      description = "The directory in which `apply` has recorded the image (default: `target`).")
  private @Nullable Path target;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      required = true,
      description = "The file to write.")
  private Path out = Path.of("");

  @Option(
      names = "--service",
      paramLabel = "SESSION/SERVICE",
      required = true,
      description = "The service that the machine asks the CAS for.")
  private String service = "";

  @Option(
      names = "--evidence-source",
      paramLabel = "SOURCE",
      description =
          "Where the agent obtains evidence: auto (the first that is there), configfs-tsm, sev-guest,"
              + " azure-vtpm, tpm or software (default: auto, which never is tpm).")
  private String evidence = AUTO;

  @Option(
      names = "--kernel",
      paramLabel = "FILE[@sha256:DIGEST]",
      description =
          "A kernel for cloud machines: a package of Debian, or a kernel with --modules (default: the"
              + " newest one in /boot).")
  private @Nullable String kernel;

  @Option(
      names = "--modules",
      paramLabel = "DIR",
      description = "The folder with the modules of a kernel that is no package.")
  private @Nullable Path modules;

  @Option(
      names = "--stub",
      paramLabel = "FILE[@sha256:DIGEST]",
      defaultValue = "/usr/lib/systemd/boot/efi/linuxx64.efi.stub",
      description = "The stub of systemd (default: that of Debian's package systemd-boot-efi).")
  private String stub = "";

  @Mixin private CasClientOptions cas = new CasClientOptions();
  @Mixin private InsecureOption insecure = new InsecureOption();
  @Mixin private JsonOption json = new JsonOption();

  VmBuildCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    if (!SOURCES.contains(evidence)) {
      throw CommandFailed.usage(
          "`--evidence-source` takes %s, not `%s`"
              .formatted(String.join(", ", SOURCES), Printable.of(evidence)));
    }
    var place = place();
    var home = cas.which(context);
    var read = VmKernel.read(Optional.ofNullable(kernel), Optional.ofNullable(modules));
    var start = PinnedFile.parse(stub).read(PeFile.MOST_BYTES);
    var agent = AgentLayer.read(context.installation().lib().resolveSibling("container"));
    if (!agent.architecture().equals(ARCHITECTURE)) {
      throw CommandFailed.environment(
          "VM images are for the processor %s, and the agent of this installation is for %s"
              .formatted(ARCHITECTURE, agent.architecture()));
    }
    try (var client = insecure.client(context);
        var opened = new ImagePlaces(client).open(place.location())) {
      var parts = place.read(opened, Platform.linux(agent.architecture()));
      var arguments = new ArrayList<>(List.of("--cas", home.address().toString()));
      arguments.addAll(List.of("--cas-key", home.key().text(), "--service", service));
      if (!evidence.equals(AUTO)) {
        arguments.addAll(List.of("--evidence-source", evidence));
      }
      var made =
          VmImage.build(
              opened.source(),
              parts,
              ImagePlaces.cache(context.environment()),
              new VmImage.Machine(read, start.bytes(), arguments));
      try (var file = PendingFile.write(out, made.bytes().toBytes())) {
        file.commit();
      }
      report(place, read, start, made);
    }
    return 0;
  }

  private ServiceImagePlace place() throws IOException, CommandFailed {
    if (manifest != null && image == null) {
      var findings = new Findings(context.streams().err());
      var found = ServiceImagePlace.manifest(manifest, findings);
      return ServiceImagePlace.built(
          found, findings.need(BuildOrder.of(found)), Optional.ofNullable(target));
    }
    if (image != null && manifest == null) {
      return ServiceImagePlace.named(image);
    }
    throw CommandFailed.usage(
        "name either a service manifest with `-f`, or an image with `--image`");
  }

  private void report(
      ServiceImagePlace place, VmKernel from, PinnedFile.Content start, VmImage made) {
    var streams = context.streams();
    if (!from.lacking().isEmpty()) {
      streams
          .err()
          .println(
              "testudo: warning: the kernel %s cannot fetch hardware evidence: it has no module %s"
                  .formatted(from.release(), String.join(", ", from.lacking())));
    }
    if (json.isGiven()) {
      var object =
          new JsonBuilder()
              .put("file", out.toString())
              .put("bytes", made.bytes().length())
              .put("image", place.toString())
              .put("measurement", made.measurement().hex())
              .put("kernel", from.file().path().toString())
              .put("kernel_release", from.release())
              .put("kernel_sha256", from.file().sha256())
              .put("stub", start.path().toString())
              .put("stub_sha256", start.sha256())
              .put("command_line", made.commandLine());
      JsonOption.print(Json.write(object.build()), streams.out());
      return;
    }
    line("file", "%s, %d bytes".formatted(out, made.bytes().length()));
    line("image", place.toString());
    line("measurement", made.measurement().hex() + " (not hardware attested)");
    line(
        "kernel",
        "%s, %s@sha256:%s".formatted(from.release(), from.file().path(), from.file().sha256()));
    line("stub", "%s@sha256:%s".formatted(start.path(), start.sha256()));
    line("initrd", "%d files, %d bytes".formatted(made.files(), made.initrdBytes()));
  }

  private void line(String what, String value) {
    context.streams().out().println("%-12s %s".formatted(what, value));
  }
}
