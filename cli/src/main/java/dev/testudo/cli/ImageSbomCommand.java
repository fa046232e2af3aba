package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PendingFile;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.cli.terminal.TransferLines.Words;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerIndexing;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.sbom.ImageSbom;
import dev.testudo.image.sbom.SbomArtifact;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo image sbom`.
@Command(
    name = "sbom",
    description = {
      "Lists the packages in an image as a software bill of materials: CycloneDX 1.6, in JSON.",
      "It finds the packages of Debian, Alpine, Python, npm and Java by the files that describe"
          + " them. The same image gives the same bytes. What cannot be read is a property"
          + " `testudo:warning` of the document.",
      "An image is `oci:DIRECTORY[:TAG]`, `oci-archive:FILE[:TAG]`, `docker-archive:FILE[:NAME]`,"
          + " or a name in a registry."
    })
final class ImageSbomCommand implements Callable<Integer> {
  private final CliContext context;

  @Parameters(index = "0", paramLabel = "IMAGE", description = "The image.")
  private String image = "";

  @Mixin private ArchitectureOption architecture = new ArchitectureOption();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where the document goes (default: standard output).")
  private @Nullable Path output;

  @Option(
      names = "--attach",
      description = "Stores the document beside the image, in its registry or layout.")
  private boolean attach;

  @Mixin private InsecureOption insecure = new InsecureOption();
  @Mixin private ProgressOptions progress = new ProgressOptions();

  ImageSbomCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var location = ImagePlaces.location(image);
    if (attach) {
      ImagePlaces.requireStore(location);
    }
    try (var client = insecure.client(context)) {
      var places = new ImagePlaces(client);
      try (var opened = places.open(location)) {
        var parts = opened.image(architecture.platform());
        var document = document(opened, parts);
        if (attach) {
          try (var store = places.store(location)) {
            var digest = SbomArtifact.attach(store, parts.descriptor(), document);
            progress.notes(context).println("testudo: stored beside the image: " + digest);
          }
        }
        write(document);
      }
    }
    return 0;
  }

  private byte[] document(ImagePlaces.Opened opened, ImageParts parts) throws IOException {
    try (var lines = progress.lines(Words.READING, context)) {
      var cache = ImagePlaces.cache(context.environment()).keeping(ImageSbom.contents());
      var layers = LayerIndexing.of(opened.source(), parts, cache, lines);
      return ImageSbom.of(opened.source(), parts, ImageTree.of(layers), cache.contents());
    }
  }

  private void write(byte[] document) throws IOException, CommandFailed {
    if (output == null) {
      if (!attach) {
        JsonOption.print(document, context.streams().out());
      }
      return;
    }
    try (var file = PendingFile.write(CasClientOptions.given("--output", output), document)) {
      file.commit();
    }
  }
}
