package dev.testudo.cli.build;

import dev.testudo.image.build.LayeredImage;
import dev.testudo.image.build.command.BuildAccess;
import dev.testudo.image.build.command.BuildCommand;
import dev.testudo.image.build.command.BuildLimits;
import dev.testudo.image.build.command.BuildListener;
import dev.testudo.image.build.command.CommandBase;
import dev.testudo.image.build.command.CommandLayers;
import dev.testudo.image.build.command.CommandRecipe;
import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.tar.FileAttributes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Carries out the commands of a build, each time as one layer, or takes the layer that the same
/// commands have made before.
///
/// @param layers makes and keeps the layers
/// @param access how commands reach registries
/// @param listener is told how they proceed
public record BuildSteps(CommandLayers layers, BuildAccess access, BuildListener listener) {
  private static final String REQUIREMENTS = "/testudo-build/requirements.txt";
  private static final int PLAIN = 0644;

  /// Debian's and Ubuntu's Python installs packages for the whole system only if told so.
  private static final Map<String, String> PIP = Map.of("PIP_BREAK_SYSTEM_PACKAGES", "1");

  /// Installs the Python packages that a file lists.
  void install(LayeredImage image, Path requirements) throws IOException {
    var content =
        new LayerFile.Content.Bytes(
            Files.size(requirements), () -> Files.newInputStream(requirements));
    var file = new LayerFile(REQUIREMENTS, content, FileAttributes.of(PLAIN));
    var pip =
        new BuildCommand.Arguments(
            List.of("python3", "-m", "pip", "install", "--no-input", "-r", REQUIREMENTS));
    add(image, List.of(pip), PIP, "/", List.of(file));
  }

  /// Runs commands of the image's shell.
  void run(LayeredImage image, List<String> commands, Path workingDirectory) throws IOException {
    var shell = commands.stream().<BuildCommand>map(BuildCommand.Shell::new).toList();
    add(image, shell, Map.of(), workingDirectory.toString(), List.of());
  }

  private void add(
      LayeredImage image,
      List<BuildCommand> commands,
      Map<String, String> environment,
      String workingDirectory,
      List<LayerFile> inputs)
      throws IOException {
    var recipe =
        new CommandRecipe(
            CommandBase.of(image, image.parts()),
            commands,
            environment,
            workingDirectory,
            inputs,
            true);
    var made = layers.build(recipe, access, BuildLimits.DEFAULT, listener);
    if (made.cached()) {
      listener.step("taking what the same commands made before");
    }
    if (!made.empty()) {
      image.add(made.layer(), made.content());
    }
  }
}
