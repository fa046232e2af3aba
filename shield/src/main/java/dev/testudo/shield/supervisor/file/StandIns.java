package dev.testudo.shield.supervisor.file;

import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Directories that the program gets in place of folders that exist only for injected files.
///
/// The kernel has no directories without a file system. So these are in a private directory of a
/// file system that this process may write, with an empty file for each injected file: listing,
/// seeking and fchdir(2) are then the kernel's own. The program never learns their paths.
final class StandIns implements AutoCloseable {
  private static final List<Path> CANDIDATES =
      List.of(Path.of("/dev/shm"), Path.of("/tmp"), Path.of("/var/tmp"), Path.of("/run"));

  private static final String PREFIX = ".injected-";

  private final Path directory;
  private final List<Fd> open = new ArrayList<>();

  /// The path of each top stand-in, mapped to the path that the program knows.
  private final Map<String, String> tops = new HashMap<>();

  private StandIns(Path directory) {
    this.directory = directory;
  }

  /// Creates the directories that `nodes` need. Returns empty if they need none.
  static Optional<StandIns> of(Collection<Node> nodes) throws IOException {
    var tops =
        nodes.stream()
            .filter(n -> n instanceof FolderNode f && f.exists())
            .flatMap(n -> ((FolderNode) n).absent().stream())
            .filter(FolderNode.class::isInstance)
            .map(FolderNode.class::cast)
            .toList();
    if (tops.isEmpty()) {
      return Optional.empty();
    }
    var standIns = new StandIns(create(tops.getFirst()));
    try {
      for (var top : tops) {
        var place = standIns.directory.resolve(Integer.toString(standIns.tops.size()));
        standIns.tops.put(place.toString(), top.path());
        standIns.add(top, place);
      }
      return Optional.of(standIns);
    } catch (IOException e) {
      standIns.close();
      throw e;
    }
  }

  private static Path create(FolderNode needed) throws IOException {
    for (var candidate : CANDIDATES) {
      try {
        var made = java.nio.file.Files.createTempDirectory(candidate.toRealPath(), PREFIX);
        return permit(made, "rwxr-xr-x");
      } catch (IOException e) {
        // Try the next one.
      }
    }
    throw new IOException(
        ("cannot inject files into %s: the folder does not exist, and neither of %s is writable"
                + " to stand in for it; create the folder in the image")
            .formatted(InjectedTree.textOf(needed.path()), CANDIDATES));
  }

  private void add(FolderNode folder, Path place) throws IOException {
    permit(java.nio.file.Files.createDirectory(place), "rwxr-xr-x");
    for (var child : folder.children()) {
      var below = place.resolve(InjectedTree.textOf(child.name()));
      switch (child) {
        case FolderNode deeper -> add(deeper, below);
        case FileNode _ -> permit(java.nio.file.Files.createFile(below), "r--r--r--");
      }
    }
    var fd = Files.open(place.toString(), Files.O_RDONLY);
    open.add(fd);
    folder.standIn(fd);
  }

  private static Path permit(Path path, String permissions) throws IOException {
    return java.nio.file.Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(permissions));
  }

  /// Returns the path that the program knows for `path`.
  String shown(String path) {
    if (!path.startsWith(directory.toString())) {
      return path;
    }
    for (var top : tops.entrySet()) {
      var place = top.getKey();
      if (path.equals(place) || path.startsWith(place + "/")) {
        return top.getValue() + path.substring(place.length());
      }
    }
    return path;
  }

  /// Removes the directories. Descriptors of the program keep working as those of deleted ones.
  @Override
  public void close() {
    open.forEach(Fd::close);
    try (var all = java.nio.file.Files.walk(directory)) {
      for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
        java.nio.file.Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      // Empty files in a directory for temporary files: nothing is lost if they stay.
    }
  }
}
