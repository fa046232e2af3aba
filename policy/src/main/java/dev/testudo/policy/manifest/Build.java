package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.MeshTemplate;
import java.util.List;
import java.util.Optional;

/// The `build` section: what goes into an image.
///
/// @param name of the service's chart
/// @param to the name of the image that is made
public record Build(Text name, Text to, Base base, Program program, Files files) {

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

  /// Files of the image. Paths as written.
  ///
  /// @param copy from the manifest's folder into the working directory
  /// @param host read from the host (`host_paths`)
  public record Files(List<Text> copy, List<Text> host) {
    public Files {
      copy = List.copyOf(copy);
      host = List.copyOf(host);
    }
  }
}
