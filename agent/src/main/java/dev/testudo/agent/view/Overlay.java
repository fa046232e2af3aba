package dev.testudo.agent.view;

import dev.testudo.agent.view.Machine.Kind;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// A model of the machine's files with other files placed over them. Nothing is mounted here. Paths
/// are resolved as the kernel resolves them in the finished view, with the links of both layers, so
/// that `/var/run/x` and `/run/x` are the same file.
final class Overlay {
  /// The maximum number of links in a lookup, as in path_resolution(7).
  private static final int LINK_LIMIT = 40;

  private final Machine machine;
  private final NavigableMap<String, Placed.InMemory> placed = new TreeMap<>();
  private final NavigableMap<String, Placed.Mount> mounts = new TreeMap<>();

  Overlay(Machine machine) {
    this.machine = machine;
  }

  /// Returns what was placed, by resolved path, parents before children.
  NavigableMap<String, Placed.InMemory> placed() {
    return placed;
  }

  /// Returns what is mounted over that, by resolved path. There is a directory at each of
  /// these paths.
  Collection<Placed.Mount> mounts() {
    return mounts.values();
  }

  /// Adds `entry`. A later file replaces an earlier one at the same path.
  ///
  /// @throws ViewException if a file would replace a directory or a directory a file
  void add(Placed entry) throws IOException {
    switch (entry) {
      case Placed.Directory directory -> addDirectory(directory);
      case Placed.File file -> addFile(file);
      case Placed.Link link -> addLink(link);
      case Placed.Mount mount -> addMount(mount);
    }
  }

  private void addMount(Placed.Mount mount) throws IOException {
    var path = resolve(mount.path());
    if (path.equals("/") || isInMount(path)) {
      throw new ViewException("nothing can be mounted at `%s`".formatted(mount.path()));
    }
    if (placed.keySet().stream().anyMatch(other -> Paths.isBelow(path, other))
        || mounts.keySet().stream().anyMatch(other -> Paths.isBelow(path, other))) {
      throw new ViewException(
          "a mount at `%s` would hide what is placed below it".formatted(mount.path()));
    }
    addDirectory(new Placed.Directory(path, 0755));
    mounts.put(path, new Placed.Mount(path, mount.mounting()));
  }

  /// Returns whether `path`, which must not contain links, is a mount or below one.
  private boolean isInMount(String path) {
    return mounts.keySet().stream().anyMatch(mount -> Paths.contains(mount, path));
  }

  private void addDirectory(Placed.Directory directory) throws IOException {
    var path = resolve(directory.path());
    switch (at(path)) {
      case Kind.Directory _ -> {}
      case Kind.Absent _ -> putNew(path, new Placed.Directory(path, directory.mode()));
      case Kind.File _, Kind.Link _ ->
          throw conflict(directory.path(), "a directory", "a file that is not a directory");
    }
  }

  private void addFile(Placed.File file) throws IOException {
    var path = resolve(file.path());
    switch (at(path)) {
      case Kind.Directory _ -> throw conflict(file.path(), "a file", "a directory");
      case Kind.Absent _, Kind.File _ ->
          putNew(path, new Placed.File(path, file.mode(), file.content()));
      case Kind.Link _ -> throw new IllegalStateException("unresolved link " + path);
    }
  }

  private void addLink(Placed.Link link) throws IOException {
    var parent = resolve(Paths.parent(link.path()));
    var path = Paths.join(parent, link.path().substring(link.path().lastIndexOf('/') + 1));
    switch (at(path)) {
      case Kind.Directory _ -> throw conflict(link.path(), "a symbolic link", "a directory");
      case Kind.Link(var target) when target.equals(link.target()) -> {}
      case Kind.Absent _, Kind.File _, Kind.Link _ ->
          putNew(path, new Placed.Link(path, link.target()));
    }
  }

  private void putNew(String path, Placed.InMemory entry) throws IOException {
    if (isInMount(path)) {
      throw new ViewException("`%s` cannot be placed below a mount".formatted(path));
    }
    makeParents(path);
    placed.put(path, entry);
  }

  private void makeParents(String path) throws IOException {
    var parent = Paths.parent(path);
    switch (at(parent)) {
      case Kind.Directory _ -> {}
      case Kind.Absent _ -> putNew(parent, new Placed.Directory(parent, 0755));
      case Kind.File _, Kind.Link _ ->
          throw conflict(path, "a file below " + parent, "a file that is not a directory");
    }
  }

  /// Returns what is at a path without links. The content of a mount is unknown here.
  Kind at(String path) throws IOException {
    if (mounts.keySet().stream().anyMatch(mount -> Paths.isBelow(mount, path))) {
      return new Kind.Absent();
    }
    return switch (placed.get(path)) {
      case null -> machine.at(path);
      case Placed.Directory _ -> new Kind.Directory();
      case Placed.File _ -> new Kind.File();
      case Placed.Link(_, var target) -> new Kind.Link(target);
    };
  }

  /// Returns the path without links, `.` and `..`. Parts that do not exist stay as written.
  String resolve(String path) throws IOException {
    var pending = new ArrayDeque<>(segments(path));
    var resolved = "/";
    var links = 0;
    while (!pending.isEmpty()) {
      var name = pending.pop();
      if (name.equals("..")) {
        resolved = Paths.parent(resolved);
        continue;
      }
      var next = Paths.join(resolved, name);
      var target = linkAt(next);
      if (target.isEmpty()) {
        resolved = next;
        continue;
      }
      if (++links > LINK_LIMIT) {
        throw new ViewException("`" + path + "` leads through more than 40 symbolic links");
      }
      prepend(pending, segments(target.get()));
      resolved = target.get().startsWith("/") ? "/" : resolved;
    }
    return resolved;
  }

  private Optional<String> linkAt(String path) throws IOException {
    return at(path) instanceof Kind.Link(var target) ? Optional.of(target) : Optional.empty();
  }

  private static void prepend(Deque<String> pending, List<String> names) {
    names.reversed().forEach(pending::push);
  }

  private static List<String> segments(String path) {
    return List.of(path.split("/")).stream().filter(s -> !s.isEmpty() && !s.equals(".")).toList();
  }

  private static ViewException conflict(String path, String wanted, String found) {
    return new ViewException(
        "`" + path + "` must be " + wanted + ", but this machine has " + found + " there");
  }
}
