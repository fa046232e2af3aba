package dev.testudo.agent.view;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeSet;

/// What has to be mounted where, so that the program sees an [Overlay].
///
/// A new name cannot be mounted in a directory that lacks it, and the real directory must not be
/// touched. Such a directory is *mirrored*: a directory in memory takes its place and every entry
/// of the real one is mounted into it.
///
/// @param mirrored resolved paths of those directories, parents before children
/// @param mounts what is mounted over the machine's or into a mirrored directory
/// @param links symbolic links, which cannot be mounted and are made in a mirrored directory
record ViewPlan(List<String> mirrored, List<Mount> mounts, List<Placed.Link> links) {

  /// One file or directory that is mounted, with all that lies below it.
  ///
  /// @param top the file or directory itself
  /// @param below what is in it when it is a directory, parents before children
  record Mount(Placed top, List<Placed> below) {}

  static ViewPlan of(Overlay overlay, Machine machine) throws IOException {
    var placed = overlay.placed();
    NavigableSet<String> mirrored = new TreeSet<>();
    var mounts = new ArrayList<Mount>();
    var links = new ArrayList<Placed.Link>();
    for (var entry : placed.entrySet()) {
      var path = entry.getKey();
      var parent = Overlay.parentOf(path);
      if (placed.get(parent) instanceof Placed.Directory) {
        continue; // comes with its parent
      }
      switch (entry.getValue()) {
        case Placed.Link link -> links.add(link);
        case Placed.File file -> mounts.add(new Mount(file, List.of()));
        case Placed.Directory directory ->
            mounts.add(new Mount(directory, below(placed, directory)));
      }
      if (!canBeMountedOver(entry.getValue(), machine.at(path))) {
        mirrored.add(parent);
      }
    }
    return new ViewPlan(List.copyOf(mirrored), List.copyOf(mounts), List.copyOf(links));
  }

  /// The links to make in one mirrored directory.
  List<Placed.Link> linksIn(String directory) {
    return links.stream().filter(l -> Overlay.parentOf(l.path()).equals(directory)).toList();
  }

  private static boolean canBeMountedOver(Placed entry, Machine.Kind there) {
    return entry instanceof Placed.File && there instanceof Machine.Kind.File;
  }

  private static List<Placed> below(NavigableMap<String, Placed> placed, Placed.Directory top) {
    // '0' is the character after '/', so this is everything that starts with "<path>/".
    return List.copyOf(placed.subMap(top.path() + "/", top.path() + "0").values());
  }
}
