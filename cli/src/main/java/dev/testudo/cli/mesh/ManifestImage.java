package dev.testudo.cli.mesh;

import dev.testudo.cli.image.ImageRecipe;
import dev.testudo.cli.image.ImageRecipe.ProgramCall;
import dev.testudo.policy.manifest.ManifestDefaults;
import dev.testudo.policy.session.read.CommandLine;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.MeshTemplate;
import java.nio.file.Path;
import java.util.Optional;

/// Derives the image of a service manifest without a mesh. Variables have their defaults; one
/// without a default must not determine the image.
public final class ManifestImage {
  private final FoundManifest found;
  private final Problems problems = new Problems();
  private final ManifestDefaults defaults;

  private ManifestImage(FoundManifest found) {
    this.found = found;
    defaults = new ManifestDefaults(found.manifest(), problems);
  }

  /// Returns what goes into the image of `found`.
  public static Parsed<ImageRecipe> recipe(FoundManifest found) {
    return new ManifestImage(found).recipe();
  }

  private Parsed<ImageRecipe> recipe() {
    var build = found.manifest().build();
    var command = CommandLine.split(expand(build.program().command()), problems);
    CommandLine.refuseHost(command, problems);
    var folder = build.program().pwd().map(pwd -> expand(pwd).value()).orElse("/");
    var searchPath = searchPath();
    return problems.result(
        () ->
            new ImageRecipe(
                found.image(),
                build.files().copy(),
                build.files().host(),
                found.folder(),
                new ProgramCall(
                    command.getFirst().value(),
                    Path.of("/").resolve(folder).normalize(),
                    searchPath)));
  }

  private Optional<String> searchPath() {
    return found.manifest().environment().local().stream()
        .filter(variable -> variable.name().value().equals("PATH"))
        .map(variable -> expand(variable.value()).value())
        .findFirst();
  }

  private Text expand(MeshTemplate template) {
    return defaults.expand(template);
  }
}
