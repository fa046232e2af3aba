package dev.testudo.trust.files;

import dev.testudo.trust.files.OwnedException.Reason;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Opens directories that belong to this user and that nobody else can change. A new directory gets
/// mode 0700. An existing one keeps its mode, because other programs may rely on it.
public final class OwnDirectory {
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /// The most files that a message lists.
  private static final int SHOWN = 3;

  private OwnDirectory() {}

  /// A kind of state directory.
  ///
  /// @param what the kind's name in messages, such as `CAS`
  /// @param marks file names of which at least one is in every complete state directory
  /// @param names file names that may be in an incomplete one, which has none of the marks yet
  public record Kind(String what, Set<String> marks, Set<String> names) {
    public Kind {
      marks = Set.copyOf(marks);
      names = Set.copyOf(names);
    }

    private boolean isState(List<String> content) {
      return content.stream().anyMatch(marks::contains) || names.containsAll(content);
    }
  }

  /// Creates `directory` with its parents, or checks an existing one.
  ///
  /// @throws OwnedException if it is not a directory, belongs to another user, or can be
  ///     changed by others
  public static Path open(Path directory) throws IOException {
    var absolute = directory.toAbsolutePath();
    var parent = absolute.getParent();
    if (parent != null && !Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(parent);
      try {
        return Files.createDirectory(directory, PRIVATE);
      } catch (FileAlreadyExistsException e) {
        // Another process was faster; its directory is checked below.
      }
    }
    if (!Files.isDirectory(directory)) {
      throw new OwnedException(
          Reason.NOT_A_DIRECTORY, directory, "%s is not a directory".formatted(directory));
    }
    Owned.requireOwn(directory);
    Owned.requireOwn(directory.toRealPath());
    return directory;
  }

  /// Opens a directory like [#open] for a state of the given kind. An existing directory must be
  /// such a state or empty.
  ///
  /// @throws OwnedException also if the directory is used for something else
  public static Path open(Path directory, Kind kind) throws IOException {
    open(directory);
    var content = new ArrayList<String>();
    try (var all = Files.newDirectoryStream(directory)) {
      all.forEach(file -> content.add(String.valueOf(file.getFileName())));
    }
    if (!kind.isState(content)) {
      content.sort(null);
      var others = content.stream().filter(name -> !kind.names().contains(name)).limit(SHOWN);
      throw new OwnedException(
          Reason.OTHER_CONTENT,
          directory,
          "%s is neither empty nor a state directory of %s (it contains %s); use an empty or a new one"
              .formatted(directory, kind.what(), String.join(", ", others.toList())));
    }
    return directory;
  }
}
