package dev.testudo.image.layer;

import dev.testudo.image.tar.FileAttributes;
import dev.testudo.image.tar.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Files of a directory on this machine as entries of a new layer. Times become 0. Whoever needs
/// the same bytes on every machine uses [#normalised], because modes depend on the umask of whoever
/// checked the files out.
public final class DiskFiles {
  private static final int MAX_FILES = LayerStream.MAX_ENTRIES;
  private static final int EXECUTABLE = 0111;

  private final Path root;
  private final String prefix;
  private final boolean exact;
  private final List<LayerFile> files = new ArrayList<>();
  private final Map<Object, String> linked = new HashMap<>();

  private DiskFiles(Path root, String prefix, boolean exact) {
    this.root = root;
    this.prefix = prefix;
    this.exact = exact;
  }

  /// Returns everything below `root` with its modes, owners and hard links.
  ///
  /// @param prefix the directory of the image that stands for `root`; `/` is the root of the image
  /// @throws IOException if something cannot be read, or is neither file, directory nor link
  public static List<LayerFile> exact(Path root, String prefix) throws IOException {
    return new DiskFiles(root, prefix, true).list();
  }

  /// Returns everything below `root` as files of root with the modes 0755 for directories and what
  /// can be executed, and 0644 for other files.
  ///
  /// @param prefix the directory of the image that stands for `root`; `/` is the root of the image
  /// @throws IOException if something cannot be read, or is neither file, directory nor link
  public static List<LayerFile> normalised(Path root, String prefix) throws IOException {
    return new DiskFiles(root, prefix, false).list();
  }

  private List<LayerFile> list() throws IOException {
    children(root, prefix);
    return files;
  }

  private void children(Path directory, String path) throws IOException {
    try (var stream = Files.newDirectoryStream(directory)) {
      for (var file : stream) {
        add(file, LayerPath.child(path, String.valueOf(file.getFileName())));
      }
    }
  }

  private void add(Path file, String path) throws IOException {
    if (files.size() == MAX_FILES) {
      throw new IOException("%s has more than %d files".formatted(root, MAX_FILES));
    }
    var unix = Files.readAttributes(file, "unix:*", LinkOption.NOFOLLOW_LINKS);
    var attributes = attributes(unix);
    if (Files.isSymbolicLink(file)) {
      var target = Files.readSymbolicLink(file).toString();
      files.add(other(path, new LayerNode.SymbolicLink(target), attributes));
    } else if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      files.add(other(path, new LayerNode.Directory(), attributes));
      children(file, path);
    } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      files.add(regular(file, path, attributes, unix));
    } else {
      throw new IOException("%s is neither file, directory nor link".formatted(file));
    }
  }

  private LayerFile regular(
      Path file, String path, FileAttributes attributes, Map<String, Object> unix) {
    if (exact && number(unix, "nlink") > 1) {
      var first = linked.putIfAbsent(List.of(number(unix, "dev"), number(unix, "ino")), path);
      if (first != null) {
        return other(path, new LayerNode.HardLink(first), attributes);
      }
    }
    return new LayerFile(
        path,
        new LayerFile.Content.Bytes(
            number(unix, "size"), () -> Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)),
        attributes);
  }

  private static LayerFile other(String path, LayerNode node, FileAttributes attributes) {
    return new LayerFile(path, new LayerFile.Content.Other(node), attributes);
  }

  private FileAttributes attributes(Map<String, Object> unix) {
    var mode = (int) number(unix, "mode");
    if (exact) {
      var owner = Owner.of(id(unix, "uid"), id(unix, "gid"));
      return new FileAttributes(mode & 07777, owner, 0, Map.of());
    }
    var directory = (mode & 0170000) == 0040000;
    var link = (mode & 0170000) == 0120000;
    return FileAttributes.of(link ? 0777 : directory || (mode & EXECUTABLE) != 0 ? 0755 : 0644);
  }

  private static long number(Map<String, Object> unix, String name) {
    if (unix.get(name) instanceof Number number) {
      return number.longValue();
    }
    throw new AssertionError("the JDK gives no " + name);
  }

  /// The JDK gives ids as signed numbers of 32 bits.
  private static long id(Map<String, Object> unix, String name) {
    return number(unix, name) & 0xFFFF_FFFFL;
  }
}
