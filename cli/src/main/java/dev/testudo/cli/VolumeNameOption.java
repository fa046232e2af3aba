package dev.testudo.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The name of a volume in the entry that a command prints.
final class VolumeNameOption {
  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The name in the entry (default: the last name of DIR).")
  private @Nullable String name;

  /// Returns the name for a volume in `directory`.
  String of(Path directory) {
    return Optional.ofNullable(name)
        .orElseGet(() -> String.valueOf(directory.toAbsolutePath().normalize().getFileName()));
  }
}
