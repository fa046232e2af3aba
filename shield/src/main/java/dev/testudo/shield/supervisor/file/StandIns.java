package dev.testudo.shield.supervisor.file;

import static dev.testudo.linux.sys.Errno.EIO;
import static dev.testudo.linux.sys.Errno.ENOENT;

import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Directories that the program gets in place of folders that exist only for injected files, and
/// links whose status it gets.
///
/// The kernel has no directories without a file system. So these are in a private directory of a
/// file system that this process may write, with an empty file for each injected file: listing,
/// seeking and fchdir(2) are then the kernel's own. The program never learns their paths. A
/// directory is created when the program first asks for it, and gets its content when it is first
/// opened.
///
/// A program with the same user could change the private directory. So no link in it is followed.
final class StandIns implements AutoCloseable {
  private static final List<Path> CANDIDATES =
      List.of(Path.of("/dev/shm"), Path.of("/tmp"), Path.of("/var/tmp"), Path.of("/run"));

  private static final String PREFIX = ".injected-";
  private static final int OF_OWNER = 0700;
  private static final int WITHIN =
      Files.RESOLVE_BENEATH | Files.RESOLVE_NO_SYMLINKS | Files.RESOLVE_NO_XDEV;

  private final Path directory;
  private final Fd top;

  /// The names of the top directories, in the private one.
  private final Map<FolderNode, String> names = new HashMap<>();

  /// The paths of the top folders, by the same names.
  private final Map<String, String> paths = new HashMap<>();

  private final Map<LinkNode, String> links = new HashMap<>();
  private final Set<FolderNode> filled = new HashSet<>();

  /// Directories that their owner cannot change or list.
  private final List<FolderNode> restricted = new ArrayList<>();

  private StandIns(Path directory) throws ErrnoException {
    this.directory = directory;
    this.top = Files.open(directory.toString(), Files.O_RDONLY | Files.O_DIRECTORY);
  }

  /// Prepares for what `nodes` need. Returns empty if they need nothing.
  static Optional<StandIns> of(Collection<Node> nodes) throws IOException {
    var tops = new ArrayList<FolderNode>();
    for (var node : nodes) {
      if (node instanceof FolderNode folder && folder.exists()) {
        for (var child : folder.absent()) {
          if (child instanceof FolderNode absent) {
            tops.add(absent);
          }
        }
      }
    }
    var link = nodes.stream().filter(LinkNode.class::isInstance).findAny();
    if (tops.isEmpty() && link.isEmpty()) {
      return Optional.empty();
    }
    var needed = tops.isEmpty() ? link.orElseThrow() : tops.getFirst();
    var standIns = new StandIns(create(needed));
    for (var folder : tops) {
      var name = Integer.toString(standIns.paths.size());
      standIns.paths.put(name, folder.path());
      standIns.names.put(folder, name);
    }
    return Optional.of(standIns);
  }

  private static Path create(Node needed) throws IOException {
    for (var candidate : CANDIDATES) {
      try {
        var made = java.nio.file.Files.createTempDirectory(candidate.toRealPath(), PREFIX);
        java.nio.file.Files.setPosixFilePermissions(
            made, PosixFilePermissions.fromString("rwxr-xr-x"));
        return made;
      } catch (IOException e) {
        // Try the next one.
      }
    }
    throw new IOException(
        ("cannot inject files into %s: the folder does not exist, and neither of %s is writable"
                + " to stand in for it; create the folder in the image")
            .formatted(InjectedTree.textOf(needed.path()), CANDIDATES));
  }

  /// Opens the directory that stands in for `folder`, with `O_PATH`. It may lack its content. The
  /// caller closes it.
  synchronized Fd directory(FolderNode folder) throws ErrnoException {
    try {
      return open(folder);
    } catch (ErrnoException e) {
      if (e.errno() != ENOENT) {
        throw e;
      }
      make(folder);
      return open(folder);
    }
  }

  /// As [#directory], with its content.
  synchronized Fd listing(FolderNode folder) throws ErrnoException {
    var opened = directory(folder);
    if (filled.add(folder)) {
      try {
        fill(folder, opened);
      } catch (ErrnoException e) {
        filled.remove(folder);
        opened.close();
        throw e;
      }
    }
    return opened;
  }

  private Fd open(FolderNode folder) throws ErrnoException {
    return Files.openat2(top, place(folder), Files.O_PATH | Files.O_DIRECTORY, WITHIN);
  }

  /// Returns the path of a stand-in in the private directory.
  private String place(FolderNode folder) {
    var name = names.get(folder);
    return name != null
        ? name
        : place(folder.above().orElseThrow()) + '/' + InjectedTree.textOf(folder.name());
  }

  private void make(FolderNode folder) throws ErrnoException {
    if (names.containsKey(folder)) {
      make(folder, top, names.getOrDefault(folder, ""));
      return;
    }
    try (var above = directory(folder.above().orElseThrow())) {
      make(folder, above, InjectedTree.textOf(folder.name()));
    }
  }

  private void make(FolderNode folder, Fd above, String name) throws ErrnoException {
    create(() -> java.nio.file.Files.createDirectory(in(above, name)));
    try (var made = Files.openat2(above, name, Files.O_RDONLY | Files.O_DIRECTORY, WITHIN)) {
      Files.setMode(made, OF_OWNER);
      if ((folder.mode() & OF_OWNER) != OF_OWNER && filled.add(folder)) {
        restricted.add(folder);
        fill(folder, made);
      }
      Files.setMode(made, folder.mode());
    }
  }

  private void fill(FolderNode folder, Fd into) throws ErrnoException {
    for (var child : folder.children()) {
      var name = InjectedTree.textOf(child.name());
      switch (child) {
        case FolderNode deeper -> make(deeper, into, name);
        case FileNode _ -> create(() -> java.nio.file.Files.createFile(in(into, name)));
        case LinkNode link -> create(() -> symbolicLink(in(into, name), link));
      }
    }
  }

  /// Opens a link with the target of `link`, with `O_PATH`. The caller closes it.
  synchronized Fd open(LinkNode link) throws ErrnoException {
    var name = links.computeIfAbsent(link, _ -> "l" + links.size());
    create(() -> symbolicLink(in(top, name), link));
    return Files.openat2(top, name, Files.O_PATH | Files.O_NOFOLLOW, WITHIN);
  }

  private static Path symbolicLink(Path at, LinkNode link) throws IOException {
    return java.nio.file.Files.createSymbolicLink(at, Path.of(InjectedTree.textOf(link.target())));
  }

  private static Path in(Fd folder, String name) {
    return Path.of("/proc/self/fd/" + folder.value(), name);
  }

  private interface Creation {
    Path create() throws IOException;
  }

  /// Creates something that may exist already.
  private static void create(Creation creation) throws ErrnoException {
    try {
      creation.create();
    } catch (FileAlreadyExistsException _) {
      // It was created before.
    } catch (IOException e) {
      throw new ErrnoException("stand-in: " + e.getMessage(), EIO);
    }
  }

  /// Returns the path that the program knows for `path`.
  String shown(String path) {
    var prefix = directory + "/";
    if (!path.startsWith(prefix)) {
      return path;
    }
    int end = path.indexOf('/', prefix.length());
    var name = path.substring(prefix.length(), end < 0 ? path.length() : end);
    var known = paths.get(name);
    return known == null ? path : known + path.substring(prefix.length() + name.length());
  }

  /// Removes the directories. Descriptors of the program keep working as those of deleted ones.
  @Override
  public synchronized void close() {
    top.close();
    try {
      if (Credentials.own().uid() != 0) {
        for (var folder : restricted) {
          java.nio.file.Files.setPosixFilePermissions(
              directory.resolve(place(folder)), PosixFilePermissions.fromString("rwx------"));
        }
      }
      remove();
    } catch (IOException | UncheckedIOException e) {
      // Empty files in a directory for temporary files: nothing is lost if they stay.
    }
  }

  private void remove() throws IOException {
    try (var all = java.nio.file.Files.walk(directory)) {
      for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
        java.nio.file.Files.deleteIfExists(path);
      }
    }
  }
}
