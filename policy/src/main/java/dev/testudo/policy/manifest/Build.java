package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.MeshTemplate;
import java.util.List;
import java.util.Optional;

/// The `build` section of a service manifest: what goes into an image.
///
/// @param name the name of the service's Helm chart
/// @param to the name of the image to build
public record Build(Text name, Text to, Base base, Program program, Files files) {

  /// What the image starts from.
  ///
  /// @param kind the language of the program, or `sconify_image` to transform an existing image
  /// @param from the base image; empty for the default of `kind`
  public record Base(BuildKind kind, Optional<Text> from) {}

  /// What the service runs.
  ///
  /// @param command the whole command line, split into words at spaces outside quotes
  /// @param pwd the working directory
  public record Program(MeshTemplate command, Optional<MeshTemplate> pwd) {}

  /// The files of the image. Paths are kept as written.
  ///
  /// @param copy files copied from the manifest's directory into the working directory
  /// @param host files read from the host (`host_paths`)
  public record Files(List<Text> copy, List<Text> host) {
    public Files {
      copy = List.copyOf(copy);
      host = List.copyOf(host);
    }
  }
}
