package dev.testudo.agent.view;

import java.nio.file.Path;
import java.util.List;

/// What of this machine a service sees besides what every service sees, and what it must not see
/// wherever it lies. All paths are absolute.
///
/// @param files of the machine that the image lists, links followed; read-only
/// @param folders files and folders that the manifest names (`host_paths`), at the same path;
///     whoever may write them on the machine may write them here
/// @param hidden files and folders that are hidden where they would be seen: the state of a mesh,
///     Testudo itself
public record HostParts(List<Path> files, List<Path> folders, List<Path> hidden) {
  /// Copies the lists.
  public HostParts {
    files = List.copyOf(files);
    folders = List.copyOf(folders);
    hidden = List.copyOf(hidden);
  }
}
