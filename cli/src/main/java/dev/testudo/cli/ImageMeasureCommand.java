package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.json.Json;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// The command `testudo image measure`.
@Command(
    name = "measure",
    description = {
      "Measures a confidential image from its layers, as its agent does when a container starts.",
      "Prints the measurement of the image, that of the agent (the machine), and the combined one, which a session names under `mrenclave`. Refuses an image whose agent would not start."
    })
final class ImageMeasureCommand implements Callable<Integer> {
  private final CliContext context;

  @Mixin private CheckedImageOptions image = new CheckedImageOptions();
  @Mixin private JsonOption json = new JsonOption();

  ImageMeasureCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var checked = image.open(context);
    var out = context.streams().out();
    if (json.isGiven()) {
      JsonOption.print(Json.write(checked.json().build()), out);
    } else {
      CheckedImageOptions.warn(checked, context);
      checked.lines().forEach(out::println);
    }
    return 0;
  }
}
