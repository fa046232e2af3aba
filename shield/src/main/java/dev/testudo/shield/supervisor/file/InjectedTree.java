package dev.testudo.shield.supervisor.file;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.shield.Shown;
import dev.testudo.shield.ShownContent;
import dev.testudo.shield.ShownFile;
import dev.testudo.shield.ShownFolder;
import dev.testudo.shield.ShownLink;
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
  /// How many files may be injected whose content is in memory from the start.
  public static final int MOST_FILES = 1024;

  /// How many files, folders and links may be injected.
  public static final int MOST_ENTRIES = 20_000 + MOST_FILES;

  /// The descriptor through which the program executes the first file. Programs open the lowest
  /// free numbers, and most may have 1024.
  private static final int FIRST_NUMBER = 900;

  private final Map<String, Node> nodes = new HashMap<>();

  /// The paths as the policy spells them.
  private final Map<String, FileNode> files = new HashMap<>();

  /// The files that were executed, by the descriptor's number.
  private final Map<Integer, FileNode> executed = new HashMap<>();

  private final Map<FileNode, Integer> numbers = new HashMap<>();
  private final LazyFiles lazy;
  private final Optional<Fd> otherRoot;
  private Optional<StandIns> standIns = Optional.empty();

  /// @param otherRoot the program's root directory, if it is not this process's
  private InjectedTree(Optional<Fd> otherRoot) throws ErrnoException {
    this.lazy = new LazyFiles();
    this.otherRoot = otherRoot;
  }

  /// Creates the files in memory and finds their places.
  ///
  /// A symbolic link on a path is followed, as mount(2) follows it. At the end of a path there
  /// must be nothing, or an empty file as a mount point is.
  ///
  /// @param root the program's root directory; the caller keeps and closes it
  /// @throws IOException if a path cannot have a file; the message says why and what to do
  public static InjectedTree of(Fd root, List<Shown> files) throws IOException {
    requireAtMost(MOST_ENTRIES, files.size());
    requireAtMost(MOST_FILES, files.stream().filter(InjectedTree::isInMemory).count());
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

  /// Returns how many descriptors these files need while the program runs.
  public static int descriptors(List<Shown> files) throws ErrnoException {
    boolean lazy =
        files.stream()
            .anyMatch(
                f -> f instanceof ShownFile s && s.content() instanceof ShownContent.OnDemand);
    return lazy ? LazyFiles.descriptors() : 0;
  }

  private static void requireAtMost(int most, long found) throws IOException {
    if (found > most) {
      throw new IOException("%d files to inject; at most %d are possible".formatted(found, most));
    }
  }

  private static boolean isInMemory(Shown shown) {
    return shown instanceof ShownFile file && file.content() instanceof ShownContent.Given;
  }

  private static Optional<Fd> other(Fd root) throws IOException {
    try (var own = Files.open("/", Files.O_PATH)) {
      return Files.isSamePlace(root, own) ? Optional.empty() : Optional.of(root.duplicate());
    }
  }

  private void add(Shown shown, Places places) throws IOException {
    var place = places.of(shown);
    if (shown instanceof ShownFolder(_, var mode)) {
      folder(place.path(), shown, places).mode(mode);
      return;
    }
    var parent = folder(Places.above(place.path()), shown, places);
    if (nodes.containsKey(place.path())) {
      throw new IOException(
          "cannot inject %s: another injected file or folder has this path"
              .formatted(shown.path()));
    }
    var node = node(shown, place);
    nodes.put(node.path(), node);
    parent.add(node);
  }

  private Node node(Shown shown, Places.Place place) throws ErrnoException {
    return switch (shown) {
      case ShownFolder _ -> throw new IllegalArgumentException("a folder");
      case ShownLink(_, var target) -> new LinkNode(place.path(), false, bytesOf(target));
      case ShownFile file -> {
        var node = new FileNode(place.path(), place.exists(), file, lazy);
        files.put(file.path(), node);
        yield node;
      }
    };
  }

  /// Returns the folder at `path`, created with all above it where needed.
  private FolderNode folder(String path, Shown shown, Places places) throws IOException {
    var known = nodes.get(path);
    return switch (known) {
      case FolderNode folder -> folder;
      case FileNode _, LinkNode _ ->
          throw new IOException(
              "cannot inject %s: its folder is an injected file".formatted(shown.path()));
      case null -> {
        Optional<FolderNode> above =
            path.isEmpty()
                ? Optional.empty()
                : Optional.of(folder(Places.above(path), shown, places));
        boolean exists = above.isEmpty() || (above.get().exists() && places.exists(path));
        var folder = new FolderNode(path, exists, above);
        above.ifPresent(a -> a.add(folder));
        nodes.put(path, folder);
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

  /// Returns the number of the descriptor through which the program executes `file`. No other
  /// injected file has it.
  int executionNumber(FileNode file) {
    int number = numbers.computeIfAbsent(file, _ -> FIRST_NUMBER + numbers.size());
    executed.put(number, file);
    return number;
  }

  /// Returns the file that the program executes through the descriptor `number`, in decimal.
  Optional<FileNode> executedAs(String number) {
    boolean decimal = number.matches("[1-9][0-9]{2,8}");
    return decimal ? Optional.ofNullable(executed.get(Integer.valueOf(number))) : Optional.empty();
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
      case LinkNode link -> new Target.Link(link);
      case FolderNode folder when !folder.exists() ->
          whole ? new Target.Shown(folder) : Target.MISSING;
      case FolderNode folder -> whole ? new Target.Holder(folder) : Target.ELSEWHERE;
    };
  }

  /// Returns `path`, or the path that the program knows if it is one of a stand-in directory.
  String shown(String path) {
    return standIns.isPresent() ? standIns.get().shown(path) : path;
  }

  /// Opens the link itself, with `O_PATH`. The caller closes the descriptor, as that of the other
  /// methods.
  Fd open(LinkNode link) throws ErrnoException {
    return standIns.orElseThrow().open(link);
  }

  /// Opens what stands in for a folder, with `O_PATH`. It may lack its content.
  Fd directory(FolderNode folder) throws ErrnoException {
    return standIns.orElseThrow().directory(folder);
  }

  /// Opens what stands in for a folder, with `O_PATH`.
  Fd listing(FolderNode folder) throws ErrnoException {
    return standIns.orElseThrow().listing(folder);
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
    lazy.close();
    standIns.ifPresent(StandIns::close);
    otherRoot.ifPresent(Fd::close);
  }
}
