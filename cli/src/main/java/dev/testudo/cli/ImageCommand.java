package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.cli.image.ImageDifference;
import dev.testudo.cli.image.ImageFacts;
import dev.testudo.cli.image.OpenedImage;
import dev.testudo.trust.json.Json;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The command `testudo image`: copies container images, and looks at them.
@Command(
    name = "image",
    description = {
      "Copies and signs container images, and looks at them: what they consist of, what differs between two, whether a session permits one, and who has signed it.",
      "An image is `oci:DIRECTORY[:TAG]`, `oci-archive:FILE[:TAG]`, `docker-archive:FILE[:NAME]`, or a name in a registry."
    })
final class ImageCommand extends CommandGroup {

  static CommandLine build(CliContext context) {
    var all = new CommandLine(new ImageCommand());
    all.addSubcommand(new ImageCopyCommand(context));
    all.addSubcommand(new Inspect(context));
    all.addSubcommand(new Diff(context));
    all.addSubcommand(new ImageMeasureCommand(context));
    all.addSubcommand(new ImageVerifyCommand(context));
    all.addSubcommand(new ImageSignCommand(context));
    all.addSubcommand(new ImageKeygenCommand(context));
    all.addSubcommand(new ImageSbomCommand(context));
    return all;
  }

  /// The command `testudo image inspect`.
  @Command(
      name = "inspect",
      description = {
        "Shows the configuration and the layers of an image.",
        "Reads all layers and checks their digests, unless an earlier command did."
      })
  static final class Inspect implements Callable<Integer> {
    private final CliContext context;

    @Parameters(index = "0", paramLabel = "IMAGE", description = "The image.")
    private String image = "";

    @Mixin private ArchitectureOption architecture = new ArchitectureOption();
    @Mixin private JsonOption json = new JsonOption();

    Inspect(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      var opened = OpenedImage.open(image, architecture.platform(), context.environment());
      var out = context.streams().out();
      if (json.isGiven()) {
        JsonOption.print(Json.write(ImageFacts.json(opened)), out);
      } else {
        ImageFacts.lines(opened).forEach(out::println);
      }
      return 0;
    }
  }

  /// The command `testudo image diff`.
  @Command(
      name = "diff",
      description = {
        "Shows what differs between two images: configuration, and file by file.",
        "Compares kind, content, mode, owner, extended attributes and link targets. Times and the division into layers do not count. Exits with code 1 if they differ."
      })
  static final class Diff implements Callable<Integer> {
    private final CliContext context;

    @Parameters(index = "0", paramLabel = "IMAGE", description = "The image before.")
    private String before = "";

    @Parameters(index = "1", paramLabel = "IMAGE", description = "The image after.")
    private String after = "";

    @Mixin private ArchitectureOption architecture = new ArchitectureOption();
    @Mixin private JsonOption json = new JsonOption();

    Diff(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      var platform = architecture.platform();
      var difference =
          ImageDifference.of(
              OpenedImage.open(before, platform, context.environment()),
              OpenedImage.open(after, platform, context.environment()));
      var out = context.streams().out();
      if (json.isGiven()) {
        JsonOption.print(Json.write(difference.json()), out);
      } else {
        difference.changes().forEach(out::println);
      }
      if (difference.changes().isEmpty()) {
        return ExitCode.DONE.number();
      }
      var count = difference.changes().size();
      var places = count == 1 ? "1 place" : count + " places";
      context.streams().err().println("the images differ in " + places);
      return ExitCode.INPUT_WRONG.number();
    }
  }
}
