package dev.testudo.trust.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Lists the files, directories and links of a tree by path, parents before children, without the
/// root itself. Links are not followed, and nothing is read.
///
/// What this process may not read, the program cannot read either, because it has the same user and
/// no more capabilities. For such entries the description of the image says what they are. So the
/// result is the same for every user.
final class TreeWalk {
  /// The bits of `st_mode` that say what an entry is; see inode(7).
  static final int DIRECTORY = 0040000;

  static final int REGULAR = 0100000;
  static final int LINK = 0120000;

  private static final int EVERYBODY_READS = 04;
  private static final int EVERYBODY_LISTS = 05;

  private final Path root;

  /// The length of the root's path, if it has a name.
  private final int prefix;

  private final Set<String> skipped;
  private final RestrictedEntries restricted;
  private final List<Found> found = new ArrayList<>();

  /// Something in the tree.
  ///
  /// @param path the absolute path in the tree
  /// @param mode the type and the permission bits, as in `st_mode`
  /// @param claimed the hash of the content if this process may not read it
  record Found(String path, Path file, int mode, Optional<String> claimed) {
    int type() {
      return mode & ~0777;
    }

    int permissions() {
      return mode & 0777;
    }
  }

  private TreeWalk(Path root, Set<String> skipped, RestrictedEntries restricted) {
    this.root = root;
    this.prefix = root.getNameCount() == 0 ? 0 : root.toString().length();
    this.skipped = skipped;
    this.restricted = restricted;
  }

  /// @param skipped absolute paths in the tree to leave out, with everything below them
  /// @param restricted what is known of entries that this process may not read
  /// @throws IOException if the tree exceeds a limit, or has something that cannot be measured
  static List<Found> of(Path root, Set<String> skipped, RestrictedEntries restricted)
      throws IOException {
    var walk = new TreeWalk(root, skipped, restricted);
    walk.children(root, 0);
    return walk.found;
  }

  private void children(Path directory, int depth) throws IOException {
    if (depth > ContainerRoot.MAX_DEPTH) {
      throw new IOException(
          "image: more than %d folders deep at %s"
              .formatted(ContainerRoot.MAX_DEPTH, directory.toString().substring(prefix)));
    }
    var sorted = new ArrayList<Path>();
    try (var stream = Files.newDirectoryStream(directory)) {
      stream.forEach(sorted::add);
    }
    sorted.sort(null);
    for (var child : sorted) {
      var childPath = child.toString().substring(prefix);
      if (!skipped.contains(childPath)) {
        visit(child, childPath, depth);
      }
    }
  }

  private void visit(Path file, String path, int depth) throws IOException {
    var attributes =
        Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (attributes.isSymbolicLink()) {
      add(new Found(path, file, LINK, Optional.empty()));
      return;
    }
    var permissions = permissions(attributes);
    if (attributes.isDirectory()) {
      add(new Found(path, file, DIRECTORY | permissions, Optional.empty()));
      if (everybodyLists(permissions) || Files.isReadable(file)) {
        children(file, depth + 1);
      } else {
        closed(file, path);
      }
    } else if (attributes.isRegularFile()) {
      var readable = everybodyReads(permissions) || Files.isReadable(file);
      var claimed = readable ? Optional.<String>empty() : Optional.of(claim(file, path));
      add(new Found(path, file, REGULAR | permissions, claimed));
    } else {
      throw new IOException("image: neither file, directory nor link: %s".formatted(path));
    }
  }

  /// Returns whether a file with these permission bits can be read by every user.
  static boolean everybodyReads(int mode) {
    return (mode & EVERYBODY_READS) != 0;
  }

  /// Returns whether a directory with these permission bits can be listed and searched by every
  /// user.
  static boolean everybodyLists(int mode) {
    return (mode & EVERYBODY_LISTS) == EVERYBODY_LISTS;
  }

  private static int permissions(PosixFileAttributes attributes) {
    var permissions = 0;
    for (var permission : attributes.permissions()) {
      permissions |= bit(permission);
    }
    return permissions;
  }

  private static int bit(PosixFilePermission permission) {
    return switch (permission) {
      case OWNER_READ -> 0400;
      case OWNER_WRITE -> 0200;
      case OWNER_EXECUTE -> 0100;
      case GROUP_READ -> 040;
      case GROUP_WRITE -> 020;
      case GROUP_EXECUTE -> 010;
      case OTHERS_READ -> 04;
      case OTHERS_WRITE -> 02;
      case OTHERS_EXECUTE -> 01;
    };
  }

  /// Returns the hash of a file that this process may not read.
  private String claim(Path file, String path) throws IOException {
    requireUnusable(file, path);
    return restricted
        .hash(path)
        .orElseThrow(
            () ->
                new IOException(
                    "image: this user may not read %s, and `image.json` does not say what it is"
                        .formatted(path)));
  }

  /// Adds what is in a directory that this process may not list.
  private void closed(Path directory, String path) throws IOException {
    requireUnusable(directory, path);
    for (var entry : restricted.below(path)) {
      if (!isSkipped(entry.path())) {
        var file = root.resolve(entry.path().substring(1));
        add(new Found(entry.path(), file, entry.mode(), Optional.of(entry.sha256())));
      }
    }
  }

  private boolean isSkipped(String path) {
    return skipped.stream().anyMatch(top -> path.equals(top) || path.startsWith(top + "/"));
  }

  /// A file that can be executed and a directory that can be searched are of use to the program
  /// even if nobody can read them.
  private static void requireUnusable(Path file, String path) throws IOException {
    if (Files.isExecutable(file)) {
      throw new IOException(
          "image: this user may not read %s, but may use it; run the container as another user"
              .formatted(path));
    }
  }

  private void add(Found entry) throws IOException {
    if (found.size() == ContainerRoot.MAX_ENTRIES) {
      throw new IOException(
          "image: more than %d files in %s".formatted(ContainerRoot.MAX_ENTRIES, root));
    }
    found.add(entry);
  }
}
