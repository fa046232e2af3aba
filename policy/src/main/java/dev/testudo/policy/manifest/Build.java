package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.MeshTemplate;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The `build` section of a service manifest: what goes into an image.
///
/// @param name the name of the service's Helm chart
/// @param to the name of the image to build
/// @param stable the tag of the version that runs now and may go on running (`stable`)
/// @param signature how the image is signed; empty for the defaults
/// @param volumes the volumes of the service as they are written, see [DeclaredVolumes]
public record Build(
    Text name,
    Text to,
    Base base,
    Program program,
    Files files,
    Steps steps,
    Optional<Text> stable,
    Optional<Signature> signature,
    List<Mapping> volumes) {
  public Build {
    volumes = List.copyOf(volumes);
  }

  /// What the image starts from.
  ///
  /// @param kind the language of the program, or `sconify_image` to transform an existing image
  /// @param kindAt where the kind is written
  /// @param from the base image; empty for the default of `kind`
  public record Base(BuildKind kind, Span kindAt, Optional<Text> from) {}

  /// What the service runs.
  ///
  /// @param command the whole command line, split into words at spaces outside quotes
  /// @param pwd the working directory
  /// @param user the user of the image's containers, `USER` or `USER:GROUP`; empty for that of the
  ///     base. A key of Testudo: the format that other tools read has none
  public record Program(MeshTemplate command, Optional<MeshTemplate> pwd, Optional<Text> user) {}

  /// The files of the image. Paths are kept as written.
  ///
  /// @param copy files copied from the manifest's directory into the working directory
  /// @param host files read from the host (`host_paths`)
  /// @param binaries programs that the image must have
  /// @param authenticated what everybody may read and nobody may change unnoticed
  /// @param plain files and folders that are not measured (`plains`, `plain_files`)
  /// @param encrypted folders of the image whose files are encrypted (`dirs`)
  public record Files(
      List<Text> copy,
      List<Text> host,
      List<Text> binaries,
      Authenticated authenticated,
      List<Text> plain,
      List<Text> encrypted) {
    public Files {
      copy = List.copyOf(copy);
      host = List.copyOf(host);
      binaries = List.copyOf(binaries);
      plain = List.copyOf(plain);
      encrypted = List.copyOf(encrypted);
    }
  }

  /// Files of the image that everybody may read, and that the program gets unchanged or not at all.
  ///
  /// @param folders folders that have such files (`fs_dirs`)
  /// @param files single files (`fs_files`)
  public record Authenticated(List<Text> folders, List<Text> files) {
    public Authenticated {
      folders = List.copyOf(folders);
      files = List.copyOf(files);
    }

    /// Returns folders and files.
    public List<Text> all() {
      return Stream.concat(folders.stream(), files.stream()).toList();
    }
  }

  /// What is run to make the image.
  ///
  /// @param requirements a file that lists Python packages
  /// @param run commands of a shell, in order
  public record Steps(Optional<Text> requirements, List<Text> run) {
    public Steps {
      run = List.copyOf(run);
    }
  }

  /// How the image is signed.
  ///
  /// @param sign whether it is
  /// @param key the file of the private key; empty for the default
  public record Signature(boolean sign, Optional<Text> key) {}
}
