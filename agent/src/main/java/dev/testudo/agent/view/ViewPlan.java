package dev.testudo.agent.view;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What has to be written and mounted where, so that the program sees an [Overlay].
///
/// Most lies in the program's own root, which is written as a whole. What lies in a part of the
/// machine, or in a folder in memory, is mounted there afterwards. A new name cannot be mounted in
/// a directory that lacks it, and the real directory must not be touched. Such a directory is
/// *mirrored*: a directory in memory takes its place and every entry of the real one is mounted
/// into it.
///
/// @param root what is in the program's own root, parents before children
/// @param mirrored resolved paths of those directories, parents before children
/// @param mounts what is mounted over the machine's, into a mirrored directory or one in memory
/// @param links symbolic links, which cannot be mounted and are made in such a directory
/// @param last what is mounted when everything else is in its place and read-only
record ViewPlan(
    List<Placed.InMemory> root,
    List<String> mirrored,
    List<Mount> mounts,
    List<Placed.Link> links,
    List<Placed.Mount> last) {

  /// One file or directory that is mounted, with all that lies below it.
  ///
  /// @param top the file or directory itself
  /// @param below what is in it when it is a directory, parents before children
  record Mount(Placed.InMemory top, List<Placed.InMemory> below) {}

  /// @throws ViewException when something shall be placed where the program's data lies
  static ViewPlan of(Overlay overlay, Machine machine) throws IOException {
    var planning = new Planning(overlay.placed(), machine);
    for (var entry : overlay.placed().values()) {
      planning.add(entry);
    }
    return planning.done(overlay.mounts());
  }

  /// The links to make in one directory.
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

    /// The mount point of what shows `path`: a part of the machine, a folder in memory, or the
    /// program's own root.
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

    /// The topmost new directory of the same zone above `path`, or `path` itself.
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
            ("`%s` cannot be placed in %s, which is a folder of the machine that the program"
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
