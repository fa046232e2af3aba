package dev.testudo.agent.view;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Where to write and mount what, so that the program sees an [Overlay].
///
/// Most files are in the program's own root, which is written as a whole. Files in a part of the
/// machine, or in a directory in memory, are mounted there afterwards. A new name cannot be mounted
/// in a directory that lacks it, and the machine's directory must not be changed. Such a directory
/// is *mirrored*: a directory in memory takes its place, and every entry of the real one is mounted
/// into it.
///
/// @param root the content of the program's own root, parents before children
/// @param mirrored the resolved paths of mirrored directories, parents before children
/// @param mounts what is mounted over the machine's files, in a mirrored directory or in memory
/// @param links symbolic links to create in such directories, because links cannot be mounted
/// @param last what is mounted once everything else is in place and read-only
record ViewPlan(
    List<Placed.InMemory> root,
    List<String> mirrored,
    List<Mount> mounts,
    List<Placed.Link> links,
    List<Placed.Mount> last) {

  /// A file or directory that is mounted, with everything below it.
  ///
  /// @param top the file or directory itself
  /// @param below the content of a directory, parents before children
  record Mount(Placed.InMemory top, List<Placed.InMemory> below) {}

  /// @throws ViewException if something would be placed where the program's data is
  static ViewPlan of(Overlay overlay, Machine machine) throws IOException {
    var planning = new Planning(overlay.placed(), machine);
    for (var entry : overlay.placed().values()) {
      planning.add(entry);
    }
    return planning.done(overlay.mounts());
  }

  /// Returns the links to create in one directory.
  List<Placed.Link> linksIn(String directory) {
    return links.stream().filter(l -> Paths.parent(l.path()).equals(directory)).toList();
  }

  private static final class Planning {
    private final NavigableMap<String, Placed.InMemory> placed;
    private final Machine machine;
    private final List<Placed.InMemory> root = new ArrayList<>();
    private final NavigableSet<String> mirrored = new TreeSet<>();
    private final NavigableMap<String, List<Placed.InMemory>> mounts = new TreeMap<>();
    private final List<Placed.Link> links = new ArrayList<>();

    Planning(NavigableMap<String, Placed.InMemory> placed, Machine machine) {
      this.placed = placed;
      this.machine = machine;
    }

    void add(Placed.InMemory entry) throws IOException {
      var zone = zone(entry.path());
      if (zone.equals("/") && machine.partOf("/").isEmpty()) {
        root.add(entry);
        return;
      }
      var top = top(entry.path(), zone);
      if (!top.equals(entry.path())) {
        mounts.computeIfAbsent(top, _ -> new ArrayList<>()).add(entry);
        return;
      }
      if (entry instanceof Placed.Link link) {
        links.add(link);
      } else {
        mounts.computeIfAbsent(top, _ -> new ArrayList<>());
      }
      if (!canBeMountedOver(entry, machine.at(top))) {
        makeRoom(top);
      }
    }

    /// Returns the mount point that shows `path`: a part of the machine, a directory in memory, or
    /// the program's own root.
    private String zone(String path) {
      var part = machine.partOf(path);
      if (part.isPresent()) {
        return part.get().path();
      }
      return Memory.ALL.stream()
          .map(Memory::path)
          .filter(memory -> Paths.contains(memory, path) && !memory.equals(path))
          .findFirst()
          .orElse("/");
    }

    /// Returns the topmost new directory of the same zone above `path`, or `path` itself.
    private String top(String path, String zone) {
      var top = path;
      for (var above = Paths.parent(path);
          placed.get(above) instanceof Placed.Directory && zone(above).equals(zone);
          above = Paths.parent(above)) {
        top = above;
      }
      return top;
    }

    private void makeRoom(String path) throws ViewException {
      var part = machine.partOf(path);
      if (part.isEmpty()) {
        return; // in memory, where new names can be made
      }
      if (part.get().writable() || part.get().path().equals(path)) {
        throw new ViewException(
            ("`%s` cannot be placed in %s, which is a directory of the machine that the program"
                    + " may write (`host_paths`); place it elsewhere")
                .formatted(path, part.get().path()));
      }
      mirrored.add(Paths.parent(path));
    }

    private static boolean canBeMountedOver(Placed.InMemory entry, Machine.Kind there) {
      return entry instanceof Placed.File && there instanceof Machine.Kind.File;
    }

    ViewPlan done(Collection<Placed.Mount> last) {
      var all = new ArrayList<Mount>();
      mounts.forEach((top, below) -> all.add(new Mount(placedAt(top), List.copyOf(below))));
      return new ViewPlan(
          List.copyOf(root),
          List.copyOf(mirrored),
          List.copyOf(all),
          List.copyOf(links),
          List.copyOf(last));
    }

    private Placed.InMemory placedAt(String path) {
      var entry = placed.get(path);
      if (entry == null) {
        throw new IllegalStateException("nothing is placed at " + path);
      }
      return entry;
    }
  }
}
