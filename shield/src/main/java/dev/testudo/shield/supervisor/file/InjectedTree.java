package dev.testudo.shield.supervisor.file;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.shield.ShownFile;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The injected files, and all folders on the way to them, by path.
///
/// The paths are those of the program's root without symbolic links, with one character per byte.
/// They do not change while the program runs. Only the content of files does.
public final class InjectedTree implements AutoCloseable {
  /// How many files may be injected.
  public static final int MOST_FILES = 1024;

  /// The descriptor through which the program executes the first file. Programs open the lowest
  /// free numbers, and most may have 1024.
  private static final int FIRST_NUMBER = 900;

  private final Map<String, Node> nodes = new HashMap<>();

  /// The paths as the policy spells them.
  private final Map<String, FileNode> files = new HashMap<>();

  private final Optional<Fd> otherRoot;
  private Optional<StandIns> standIns = Optional.empty();

  /// @param otherRoot the program's root directory, if it is not this process's
  private InjectedTree(Optional<Fd> otherRoot) {
    this.otherRoot = otherRoot;
  }

  /// Creates the files in memory and finds their places.
  ///
  /// A symbolic link on a path is followed, as mount(2) follows it. At the end of a path there
  /// must be nothing, or an empty file as a mount point is.
  ///
  /// @param root the program's root directory; the caller keeps and closes it
  /// @throws IOException if a path cannot have a file; the message says why and what to do
  public static InjectedTree of(Fd root, List<ShownFile> files) throws IOException {
    if (files.size() > MOST_FILES) {
      throw new IOException(
          "%d files to inject; at most %d are possible".formatted(files.size(), MOST_FILES));
    }
    var tree = new InjectedTree(other(root));
    try {
      var places = new Places(tree.root());
      for (var file : files) {
        tree.add(file, places);
      }
      tree.standIns = StandIns.of(tree.nodes.values());
      return tree;
    } catch (IOException | RuntimeException e) {
      tree.close();
      throw e;
    }
  }

  private static Optional<Fd> other(Fd root) throws IOException {
    try (var own = Files.open("/", Files.O_PATH)) {
      return Files.isSamePlace(root, own) ? Optional.empty() : Optional.of(root.duplicate());
    }
  }

  private void add(ShownFile file, Places places) throws IOException {
    var place = places.of(file.path());
    var parent = folder(place.path(), file, places);
    if (nodes.containsKey(place.path())) {
      throw new IOException(
          "cannot inject %s: another injected file or folder has this path".formatted(file.path()));
    }
    int number = FIRST_NUMBER + files.size();
    var node = new FileNode(place.path(), place.exists(), number, file);
    nodes.put(node.path(), node);
    files.put(file.path(), node);
    parent.add(node);
  }

  /// Returns the folder of `path`, created with all above it where needed.
  private FolderNode folder(String path, ShownFile file, Places places) throws IOException {
    var above = path.substring(0, path.lastIndexOf('/'));
    var known = nodes.get(above);
    return switch (known) {
      case FolderNode folder -> folder;
      case FileNode _ ->
          throw new IOException(
              "cannot inject %s: its folder is an injected file".formatted(file.path()));
      case null -> {
        var folder = new FolderNode(above, above.isEmpty() || places.exists(above));
        if (!above.isEmpty()) {
          folder(above, file, places).add(folder);
        }
        nodes.put(above, folder);
        yield folder;
      }
    };
  }

  /// Replaces the file that was injected at the same path. Safe to call from any thread.
  ///
  /// @throws IOException if the memory file cannot be created; the old one stays
  /// @throws IllegalArgumentException if no file was injected there
  public void replace(ShownFile file) throws IOException {
    var node = Optional.ofNullable(files.get(file.path()));
    node.orElseThrow(() -> new IllegalArgumentException("no file was injected at " + file.path()))
        .replace(file);
  }

  /// Returns what precedes a path of the program to make it a path of this process.
  String root() {
    return otherRoot.map(fd -> "/proc/self/fd/" + fd.value()).orElse("");
  }

  /// Returns the node at exactly `path`.
  Optional<Node> at(String path) {
    return Optional.ofNullable(nodes.get(path));
  }

  /// Returns the file that the program executes through the descriptor `number`, in decimal.
  Optional<FileNode> executedAs(String number) {
    return files.values().stream()
        .filter(file -> number.equals(Integer.toString(file.number())))
        .findAny();
  }

  /// Returns what `path`, which contains no links, leads to.
  ///
  /// @param asFolder whether a slash follows
  Target target(String path, boolean asFolder) {
    for (var prefix = path; ; prefix = prefix.substring(0, prefix.lastIndexOf('/'))) {
      var node = nodes.get(prefix);
      if (node != null) {
        return target(node, prefix.length() == path.length(), asFolder);
      }
      if (prefix.isEmpty()) {
        return Target.ELSEWHERE;
      }
    }
  }

  private static Target target(Node node, boolean whole, boolean asFolder) {
    return switch (node) {
      case FileNode file -> whole ? new Target.Injected(file, asFolder) : Target.BELOW_FILE;
      case FolderNode folder when !folder.exists() ->
          whole ? new Target.Shown(folder) : Target.MISSING;
      case FolderNode folder -> whole ? new Target.Holder(folder) : Target.ELSEWHERE;
    };
  }

  /// Returns `path`, or the path that the program knows if it is one of a stand-in directory.
  String shown(String path) {
    return standIns.isPresent() ? standIns.get().shown(path) : path;
  }

  /// Returns the bytes of `path`, one character each.
  static String bytesOf(String path) {
    return new String(path.getBytes(UTF_8), ISO_8859_1);
  }

  /// Returns the text of a path that has one character per byte.
  static String textOf(String bytes) {
    return new String(bytes.getBytes(ISO_8859_1), UTF_8);
  }

  @Override
  public void close() {
    files.values().forEach(FileNode::close);
    standIns.ifPresent(StandIns::close);
    otherRoot.ifPresent(Fd::close);
  }
}
