package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.MeshTemplate;
import java.util.List;
import java.util.Optional;

/// The `build` section: what goes into an image.
///
/// @param name of the service's chart
/// @param to the name of the image that is made
public record Build(Text name, Text to, Base base, Program program, Steps steps, Files files) {

  /// What the image starts from.
  ///
  /// @param kind which language or that an image is transformed
  /// @param from the base image, where the kind's own is not wanted
  public record Base(BuildKind kind, Optional<Text> from) {}

  /// What the service runs.
  ///
  /// @param command the whole command line; words are split at spaces outside of quotes
  /// @param pwd the working directory
  public record Program(MeshTemplate command, Optional<MeshTemplate> pwd) {}

  /// What is done to make the image.
  ///
  /// @param requirements file with requirements of `pip`
  /// @param run commands run while building
  /// @param binaries programs made confidential; found by the command if empty
  public record Steps(Optional<Text> requirements, List<Text> run, List<Text> binaries) {
    public Steps {
      run = List.copyOf(run);
      binaries = List.copyOf(binaries);
    }
  }

  /// Files of the image, by how they are protected. Paths as written.
  ///
  /// @param copy from the manifest's folder into the working directory
  /// @param encrypted directories whose content is encrypted (`dirs`)
  /// @param measuredDirectories integrity only (`fs_dirs`)
  /// @param measuredFiles integrity only (`fs_files`)
  /// @param plain copied without protection (`plains` and `plain_files`)
  /// @param host read from the host (`host_paths`)
  public record Files(
      List<Text> copy,
      List<Text> encrypted,
      List<Text> measuredDirectories,
      List<Text> measuredFiles,
      List<Text> plain,
      List<Text> host) {
    public Files {
      copy = List.copyOf(copy);
      encrypted = List.copyOf(encrypted);
      measuredDirectories = List.copyOf(measuredDirectories);
      measuredFiles = List.copyOf(measuredFiles);
      plain = List.copyOf(plain);
      host = List.copyOf(host);
    }
  }
}
