package dev.testudo.trust.attest.software;

import dev.testudo.trust.attest.evidence.Measurement;
import java.nio.file.Path;
import java.util.List;

/// An image directory as it was when it was measured. Later use must rely on this object rather
/// than on the directory, which may have changed since.
///
/// @param measurement what policies see of it, the same on every machine
/// @param name the image's name
/// @param hostFiles files of the machine that are part of the program; absolute paths
/// @param hostPaths other files and directories of the machine that the program sees; absolute
///     paths, whose content is not measured
/// @param entries the content of `root/` by path, parents before children, without `/` itself
public record MeasuredImage(
    Measurement measurement,
    String name,
    List<Path> hostFiles,
    List<Path> hostPaths,
    List<ImageEntry> entries) {
  /// Copies the lists.
  public MeasuredImage {
    hostFiles = List.copyOf(hostFiles);
    hostPaths = List.copyOf(hostPaths);
    entries = List.copyOf(entries);
  }
}
