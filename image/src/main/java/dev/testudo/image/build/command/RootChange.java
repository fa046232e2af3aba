package dev.testudo.image.build.command;

import dev.testudo.image.build.sandbox.IdMapping;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.ImageTree.Located;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.TreeFile;
import dev.testudo.image.tar.FileAttributes;
import dev.testudo.image.tar.Owner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What commands have changed: the difference of two trees as the entries of a layer. Times, and
/// the files of [LeftOut], do not count.
final class RootChange {
  private final BuildRoot root;
  private final ImageTree after;
  private final IdMapping ids;
  private final Map<String, UnpackedFile> before = new HashMap<>();
  private final Map<String, TreeFile> kept = new TreeMap<>();
  private final Set<String> removed = new TreeSet<>();

  private RootChange(BuildRoot root, ImageTree after, IdMapping ids) {
    this.root = root;
    this.after = after;
    this.ids = ids;
  }

  /// The entries of a layer.
  ///
  /// @param files what is new or different, by path. Equal regular files are hard links of each
  ///     other
  /// @param removed the paths that the layer removes
  record Result(Map<String, TreeFile> files, Set<String> removed) {}

  /// Compares.
  ///
  /// @param root what was there before the first command
  /// @param after what is there after the last one
  static Result of(BuildRoot root, ImageTree after, IdMapping ids) {
    var change = new RootChange(root, after, ids);
    change.compare();
    return new Result(change.kept, change.removed);
  }

  private void compare() {
    for (var located : root.before().files()) {
      UnpackedFile.of(located.file(), ids).ifPresent(file -> before.put(located.path(), file));
    }
    var changed = new TreeSet<String>();
    for (var located : after.files()) {
      var now = UnpackedFile.read(located.file());
      if (!now.equals(before.get(located.path())) && !LeftOut.isLeftOut(located.path())) {
        changed.add(located.path());
      }
    }
    addWholeLinks(changed);
    changed.forEach(path -> keep(path, after.findLink(path).orElseThrow().file()));
    keepDirectories();
    findRemoved();
    var rootNow = UnpackedFile.read(after.root());
    if (!UnpackedFile.of(root.before().root(), ids).equals(Optional.of(rootNow))) {
      keep("/", after.root());
    }
  }

  /// If one of several hard links changes, or they are other ones than before, all are entries:
  /// a layer cannot link to files below it.
  private void addWholeLinks(Set<String> changed) {
    var links = links(after);
    var linksBefore = new HashMap<String, List<String>>();
    links(root.before()).forEach(group -> group.forEach(path -> linksBefore.put(path, group)));
    for (var group : links) {
      var same = group.equals(linksBefore.getOrDefault(group.getFirst(), group.subList(0, 1)));
      if ((!same || group.stream().anyMatch(changed::contains))
          && group.stream().noneMatch(LeftOut::isLeftOut)) {
        changed.addAll(group);
      }
    }
  }

  /// Returns the paths of each regular file.
  private static List<List<String>> links(ImageTree tree) {
    var groups = new HashMap<Long, List<String>>();
    for (Located located : tree.files()) {
      var file = located.file();
      if (file.node() instanceof LayerNode.RegularFile) {
        var identity = ((long) file.layer() << 32) | file.entry();
        groups.computeIfAbsent(identity, _ -> new ArrayList<>(1)).add(located.path());
      }
    }
    return List.copyOf(groups.values());
  }

  /// Puts a file into the layer. Where the sandbox could not show the owner of the base, and no
  /// command has changed it, it stays.
  private void keep(String path, TreeFile file) {
    var attributes = file.attributes();
    var shown = before.get(path);
    var base = path.equals("/") ? Optional.of(root.base().root()) : find(root.base(), path);
    var same =
        shown != null
            && base.isPresent()
            && shown.attributes().owner().uid() == attributes.owner().uid()
            && shown.attributes().owner().gid() == attributes.owner().gid();
    var owner =
        same ? base.get().attributes().owner() : UnpackedFile.read(file).attributes().owner();
    kept.put(
        path,
        new TreeFile(
            file.node(),
            new FileAttributes(
                attributes.mode(),
                Owner.of(owner.uid(), owner.gid()),
                0,
                UnpackedFile.read(file).attributes().xattrs()),
            file.layer(),
            file.entry()));
  }

  private static Optional<TreeFile> find(ImageTree tree, String path) {
    return tree.findLink(path).filter(located -> located.path().equals(path)).map(Located::file);
  }

  /// Directories that were only made for the build are in the layer if something in them is.
  private void keepDirectories() {
    for (var path : List.copyOf(kept.keySet())) {
      for (var parent = parent(path); !parent.equals("/"); parent = parent(parent)) {
        if (!kept.containsKey(parent) && find(root.base(), parent).isEmpty()) {
          keep(parent, after.findLink(parent).orElseThrow().file());
        }
      }
    }
  }

  /// Of what is gone, the uppermost paths are entries.
  private void findRemoved() {
    for (var located : root.base().files()) {
      var path = located.path();
      var gone = find(after, path).isEmpty();
      var known = located.file().node() instanceof LayerNode.Device;
      if (gone && !known && !LeftOut.isLeftOut(path) && directoryStays(path)) {
        removed.add(path);
      }
    }
  }

  private boolean directoryStays(String path) {
    var parent = parent(path);
    return parent.equals("/") || find(after, parent).filter(TreeFile::isDirectory).isPresent();
  }

  private static String parent(String path) {
    var slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }
}
