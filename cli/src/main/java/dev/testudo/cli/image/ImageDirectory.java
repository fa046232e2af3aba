package dev.testudo.cli.image;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.trust.measure.ImageDescription;
import dev.testudo.trust.measure.RestrictedEntries;
import dev.testudo.trust.measure.SoftwareMeasurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// An image on disk: `image.json` and the tree `root/`. It depends only on the recipe, the
/// copied files, and the location of the program on this machine. Creating it again gives
/// the same measurement.
///
/// @param hostFiles the files of this machine that are part of the program
/// @param copied the number of files in the tree
public record ImageDirectory(Path path, List<Path> hostFiles, int copied) {
  public ImageDirectory {
    hostFiles = List.copyOf(hostFiles);
  }

  /// Creates the image at `path`, replacing what is there.
  ///
  /// @throws CommandFailed if this machine does not have the program
  public static ImageDirectory make(Path path, ImageRecipe recipe, CopyPlan plan)
      throws IOException, CommandFailed {
    var hostFiles = ProgramFinder.hostFiles(recipe.program(), plan.files());
    PrivateFiles.delete(path);
    var root = Files.createDirectories(path.resolve("root"));
    for (var copy : plan.files().entrySet()) {
      copy(copy.getValue(), root.resolve(Path.of("/").relativize(copy.getKey())));
    }
    openTree(root);
    var description =
        new ImageDescription(
            recipe.name(),
            false,
            hostFiles,
            recipe.hostPaths().stream().map(text -> Path.of(text.value())).toList(),
            RestrictedEntries.NONE);
    Files.write(path.resolve("image.json"), description.write());
    return new ImageDirectory(path, hostFiles, plan.files().size());
  }

  /// Measures the image together with the agent whose jars are in `lib`, as the agent will do.
  public SoftwareMeasurement measure(Path lib) throws IOException {
    return SoftwareMeasurement.of(lib, path);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(java.util.Objects.requireNonNull(to.getParent()));
    Files.copy(from, to);
    var mode = Files.isExecutable(from) ? "rwxr-xr-x" : "rw-r--r--";
    Files.setPosixFilePermissions(to, PosixFilePermissions.fromString(mode));
  }

  /// Gives directories the usual permissions of images, whatever the umask is.
  private static void openTree(Path root) throws IOException {
    try (var walk = Files.walk(root)) {
      for (var folder : walk.filter(Files::isDirectory).toList()) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }
  }
}
