package dev.testudo.trust.files;

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

/// A directory that belongs to this user, and that nobody else can change. One that is made here
/// has mode 0700. One that was there keeps its mode: it may be anybody's way to something else.
public final class OwnDirectory {
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /// Names that a message tells of a directory that is somebody else's.
  private static final int SHOWN = 3;

  private OwnDirectory() {}

  /// What a kind of state consists of.
  ///
  /// @param what the kind, for messages: `CAS`
  /// @param marks with one of these in it a directory is such a state
  /// @param names what an unfinished one consists of, if it has no mark yet
  public record Kind(String what, Set<String> marks, Set<String> names) {
    public Kind {
      marks = Set.copyOf(marks);
      names = Set.copyOf(names);
    }

    private boolean isState(List<String> content) {
      return content.stream().anyMatch(marks::contains) || names.containsAll(content);
    }
  }

  /// Makes `directory`, and the way to it, or takes it as it is.
  ///
  /// @throws IOException if it is no directory, is another user's, or others can change it
  public static Path open(Path directory) throws IOException {
    var absolute = directory.toAbsolutePath();
    var parent = absolute.getParent();
    if (parent != null && !Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(parent);
      try {
        return Files.createDirectory(directory, PRIVATE);
      } catch (FileAlreadyExistsException e) {
        // Somebody was quicker; whether it will do is looked at below.
      }
    }
    if (!Files.isDirectory(directory)) {
      throw new IOException("%s is not a directory".formatted(directory));
    }
    Owned.requireOwn(directory);
    Owned.requireOwn(directory.toRealPath());
    return directory;
  }

  /// As [#open], for a state of this `kind`: what is there must be one already, or empty.
  ///
  /// @throws IOException also if the directory is used for something else
  public static Path open(Path directory, Kind kind) throws IOException {
    open(directory);
    var content = new ArrayList<String>();
    try (var all = Files.newDirectoryStream(directory)) {
      all.forEach(file -> content.add(String.valueOf(file.getFileName())));
    }
    if (!kind.isState(content)) {
      content.sort(null);
      var others = content.stream().filter(name -> !kind.names().contains(name)).limit(SHOWN);
      throw new IOException(
          "%s is not a state of %s and not empty (it has %s); give an empty directory or a new one"
              .formatted(directory, kind.what(), String.join(", ", others.toList())));
    }
    return directory;
  }
}
