package dev.testudo.cli.image;

import dev.testudo.policy.source.Text;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What goes into an image.
///
/// @param name the image's name (`build.to`)
/// @param copies the paths copied from `source` into the working directory (`build.copy`)
/// @param hostPaths files and directories of the machine that the program sees (`build.host_paths`)
/// @param source the directory of the manifest
/// @param program the program to start
public record ImageRecipe(
    String name, List<Text> copies, List<Text> hostPaths, Path source, ProgramCall program) {
  public ImageRecipe {
    copies = List.copyOf(copies);
    hostPaths = List.copyOf(hostPaths);
  }

  /// How the service's program is called.
  ///
  /// @param command the first word of the command: a path, or a name to be found on the search path
  /// @param workingDirectory the working directory, absolute
  /// @param searchPath the PATH of the service, if its policy sets one
  public record ProgramCall(String command, Path workingDirectory, Optional<String> searchPath) {
    /// The search path used if the policy sets none.
    public static final String USUAL_PATH =
        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public ProgramCall {
      if (!workingDirectory.isAbsolute()) {
        throw new IllegalArgumentException("relative working directory");
      }
    }

    /// Returns where the program may be, in the order in which it is looked for.
    public List<Path> candidates() {
      return command.contains("/")
          ? List.of(workingDirectory.resolve(command).normalize())
          : searched().stream().map(folder -> folder.resolve(command)).toList();
    }

    /// Returns the directories to search, in order. Relative ones are left out, because they would
    /// depend on the caller's directory.
    public List<Path> searched() {
      return java.util.Arrays.stream(searchPath.orElse(USUAL_PATH).split(":", -1))
          .filter(folder -> folder.startsWith("/"))
          .map(Path::of)
          .toList();
    }
  }
}
