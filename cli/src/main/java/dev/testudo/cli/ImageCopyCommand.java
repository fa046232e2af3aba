package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.cli.terminal.TransferLines;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.layout.ImageLocation.DockerArchive;
import dev.testudo.image.layout.ImageLocation.InRegistry;
import dev.testudo.image.layout.ImageLocation.Local;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.ImageName;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.Platform;
import dev.testudo.image.transfer.ImageTransfer;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo image copy`.
@Command(
    name = "copy",
    description = {
      "Copies an image byte for byte between registries, layouts and archives.",
      "A place is NAME or docker://NAME (in a registry), oci:DIRECTORY[:TAG],"
          + " oci-archive:FILE[:TAG] or docker-archive:FILE[:NAME]."
    })
final class ImageCopyCommand implements Callable<Integer> {
  /// How long an orderly stop may take: the uploads that have begun are canceled.
  private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

  private final CliContext context;

  @Parameters(index = "0", paramLabel = "FROM", description = "The image to copy.")
  private String from = "";

  @Parameters(index = "1", paramLabel = "TO", description = "Where to copy it.")
  private String to = "";

  @ArgGroup private Choice choice = new Choice();

  @Mixin private InsecureOption insecure = new InsecureOption();

  @Mixin private ProgressOptions progress = new ProgressOptions();

  @Mixin private JsonOption json = new JsonOption();

  /// What to copy of an image for several architectures.
  private static final class Choice {
    @Option(
        names = "--arch",
        paramLabel = "ARCH",
        description =
            "The architecture of the image, such as `amd64` and `arm64` (default: that of this"
                + " machine).")
    private @Nullable String architecture;

    @Option(names = "--all", description = "Copies the images for all architectures.")
    private boolean all;
  }

  ImageCopyCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var source = ImagePlaces.location(from);
    var target = ImagePlaces.location(to);
    var name = ImagePlaces.name(target, tagOf(source), nameOf(source));
    var platform = platform();
    try (var signals = StopSignals.listen(STOP_LIMIT, context.insistence(), () -> {});
        var client = insecure.client(context)) {
      signals.interruptThisThread(context.streams().err());
      print(target, copy(new ImagePlaces(client), source, target, name, platform));
    }
    return 0;
  }

  private Descriptor copy(
      ImagePlaces places,
      ImageLocation source,
      ImageLocation target,
      ManifestReference name,
      Optional<Platform> platform)
      throws IOException {
    try (var opened = places.open(source);
        var writing = places.create(source, target);
        var lines = progress.lines(TransferLines.Words.COPYING, context)) {
      return new ImageTransfer(opened.source(), writing, lines)
          .copy(opened.reference(), name, platform);
    }
  }

  private static String tagOf(ImageLocation source) {
    return switch (source) {
      case InRegistry(var image) -> image.tag().orElse(ImageName.DEFAULT_TAG);
      case DockerArchive(_, var name) ->
          name.flatMap(ImageName::parse).flatMap(ImageName::tag).orElse(ImageName.DEFAULT_TAG);
      case Local local -> local.name().orElse(ImageName.DEFAULT_TAG);
    };
  }

  private static String nameOf(ImageLocation source) {
    return switch (source) {
      case InRegistry(var image) ->
          "%s/%s:%s".formatted(image.registry(), image.repository(), tagOf(source));
      case DockerArchive(_, var name) when name.isPresent() -> name.get();
      case Local _ -> "localhost/image:" + ImageName.DEFAULT_TAG;
    };
  }

  private Optional<Platform> platform() {
    return choice.all ? Optional.empty() : Optional.of(ArchitectureOption.of(choice.architecture));
  }

  private void print(ImageLocation target, Descriptor copied) {
    var out = context.streams().out();
    if (json.isGiven()) {
      var object =
          new JsonBuilder()
              .put("image", target.toString())
              .put("digest", copied.digest().toString())
              .put("mediaType", copied.mediaType())
              .put("size", copied.size());
      JsonOption.print(Json.write(object.build()), out);
    } else {
      out.println("%s %s".formatted(target, copied.digest()));
    }
  }
}
