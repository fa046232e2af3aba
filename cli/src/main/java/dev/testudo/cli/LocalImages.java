package dev.testudo.cli;

import dev.testudo.cli.build.BuildRecord;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.CopyPlan;
import dev.testudo.cli.image.ImageDirectory;
import dev.testudo.cli.image.ImageRecipe;
import java.io.IOException;
import java.nio.file.Path;

/// Lays out images for services that use the programs of this machine, and says what they are.
///
/// @param target the directory for output
record LocalImages(CliContext context, Path target) {

  /// Lays out an image, prints what was made, and returns its measurement.
  ///
  /// @throws CommandFailed if this machine does not have the program
  String make(ImageRecipe recipe, CopyPlan copies) throws IOException, CommandFailed {
    var folder = BuildRecord.images(target).resolve(BuildRecord.plain(recipe.name()));
    var image = ImageDirectory.make(folder, recipe, copies);
    var measurement = image.measure(context.installation().lib());
    var programs = String.join(", ", image.hostFiles().stream().map(Path::toString).toList());
    var out = context.streams().out();
    out.println("image %s in %s".formatted(recipe.name(), image.path()));
    out.println(
        "  files copied: %d; programs of this machine: %s"
            .formatted(image.copied(), programs.isEmpty() ? "none" : programs));
    out.println("  measurement:  " + measurement.measurement());
    out.println("    of the image:   " + measurement.image().measurement());
    out.println("    of the machine: " + measurement.machine());
    return measurement.measurement().hex();
  }
}
