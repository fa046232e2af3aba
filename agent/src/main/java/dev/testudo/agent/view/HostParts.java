package dev.testudo.agent.view;

import java.nio.file.Path;
import java.util.List;

/// What a service sees of this machine in addition to the [Base], and what it must not see
/// anywhere. All paths are absolute.
///
/// @param files files of the machine that the image lists, with links resolved; read-only
/// @param folders files and directories that the manifest names (`host_paths`), at the same path;
///     whoever may write them on the machine may write them here
/// @param hidden files and directories to hide wherever they would be visible: the state of a mesh,
///     Testudo itself
public record HostParts(List<Path> files, List<Path> folders, List<Path> hidden) {
  /// Copies the lists.
  public HostParts {
    files = List.copyOf(files);
    folders = List.copyOf(folders);
    hidden = List.copyOf(hidden);
  }
}
