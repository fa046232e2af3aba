package dev.testudo.shield.supervisor.file;

import static dev.testudo.linux.sys.Errno.ELOOP;
import static dev.testudo.linux.sys.Errno.ENOSYS;
import static dev.testudo.linux.sys.Errno.EPERM;

import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.PathLook;
import dev.testudo.linux.sys.PathLook.Entry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Resolves paths of the program as the kernel does for it (path_resolution(7)), and says whether
/// they lead to an injected file.
///
/// Nothing lies beneath an injected file, so the walk need not be protected against changes of the
/// file system: whatever the kernel finds instead, it is not a file that the injected one hides.
final class PathWalk {
  /// The kernel's own limit.
  private static final int MOST_LINKS = 40;

  private static final String DELETED = " (deleted)";

  private final PathLook look = new PathLook();
  private final InjectedTree tree;

  PathWalk(InjectedTree tree) {
    this.tree = tree;
  }

  /// A path in a call.
  ///
  /// @param tid the thread that made the call
  /// @param directory the descriptor that a relative path starts at, or `AT_FDCWD`
  /// @param path the path, one character per byte
  /// @param follow whether a symbolic link at the end is followed
  /// @param inDirectory whether `directory` is the root for this path (`RESOLVE_IN_ROOT`)
  record Asked(int tid, int directory, String path, boolean follow, boolean inDirectory) {}

  /// Returns what the path leads to.
  Target find(Asked asked) {
    if (asked.path.isEmpty()) {
      return Target.ELSEWHERE; // the descriptor itself (AT_EMPTY_PATH), or ENOENT
    }
    boolean absolute = asked.path.startsWith("/");
    if (absolute && !asked.inDirectory) {
      return find(asked, new Start("", false), "");
    }
    var start = start(asked.tid, asked.directory);
    return start
        .map(from -> find(asked, from, asked.inDirectory ? from.path : ""))
        .orElse(Target.ELSEWHERE);
  }

  /// Where a path starts.
  ///
  /// @param shown whether this is a folder that only the shield shows
  private record Start(String path, boolean shown) {}

  /// Returns the path of the directory at which a relative path starts, or empty if it has none.
  private Optional<Start> start(int tid, int directory) {
    var link = directory == Files.AT_FDCWD ? "/cwd" : "/fd/" + directory;
    return look.link("/proc/" + tid + link)
        .filter(path -> path.startsWith("/"))
        .map(this::withoutNote)
        .map(
            path -> {
              var shown = tree.shown(path);
              return new Start(shown.equals("/") ? "" : shown, !shown.equals(path));
            });
  }

  /// Removes what the kernel appends to the path of a deleted directory. Its parent may exist.
  private String withoutNote(String path) {
    boolean deleted = path.endsWith(DELETED) && look.at(tree.root() + path) instanceof Entry.Absent;
    return deleted ? path.substring(0, path.length() - DELETED.length()) : path;
  }

  private Target find(Asked asked, Start start, String top) {
    var names = Places.names(asked.path);
    boolean asFolder = asked.path.endsWith("/") || asked.path.endsWith("/.");
    if (!names.contains("..")) {
      var plain = names.isEmpty() ? start.path : start.path + "/" + String.join("/", names);
      var target = tree.target(plain, asFolder);
      boolean elsewhere = target instanceof Target.Elsewhere;
      boolean certain = !elsewhere || hasNoLinks(plain, asked, asFolder);
      if (certain && !(target instanceof Target.Link)) {
        return target;
      }
    }
    var walk = new Walk(asked, names, start.path, top, asFolder);
    var end = walk.end();
    boolean outside = end instanceof Target.Elsewhere || end instanceof Target.Holder;
    if (!(start.shown || walk.linked) || !outside) {
      return end;
    }
    // Whether the program may follow the links of a process is the kernel's decision.
    return walk.magic ? Target.ELSEWHERE : new Target.Outside(walk.here);
  }

  /// Returns whether the kernel meets no symbolic link on `path` that it would follow. Then either
  /// the path is what it seems to be, or it leads nowhere.
  private boolean hasNoLinks(String path, Asked asked, boolean asFolder) {
    int flags = asked.follow || asFolder ? 0 : Files.O_NOFOLLOW;
    int error = look.tryOpen(tree.root() + path, flags, Files.RESOLVE_NO_SYMLINKS);
    return error != ELOOP && error != ENOSYS && error != EPERM;
  }

  /// Follows one path, name by name.
  private final class Walk {
    private final Asked asked;
    private final Deque<String> rest;
    private final String top;
    private final boolean asFolder;
    private String here;
    private int links;

    /// Whether the path leads through a link in /proc to an object of a process.
    private boolean magic;

    /// Whether the path leads through an injected link.
    private boolean linked;

    Walk(Asked asked, List<String> names, String start, String top, boolean asFolder) {
      this.asked = asked;
      this.rest = new ArrayDeque<>(names);
      this.here = asked.path.startsWith("/") ? top : start;
      this.top = top;
      this.asFolder = asFolder;
    }

    Target end() {
      while (!rest.isEmpty()) {
        var name = rest.pop();
        if (name.equals("..")) {
          here = here.equals(top) ? top : Places.above(here);
        } else if (!enter(name)) {
          here = here + "/" + name;
          return tree.target(here, false) instanceof Target.Missing
              ? Target.MISSING
              : Target.ELSEWHERE;
        }
        if (tree.at(here).orElse(null) instanceof FileNode && !rest.isEmpty()) {
          return Target.BELOW_FILE;
        }
      }
      return tree.target(here, asFolder);
    }

    /// Enters `name`, or the beginning of the path to which it links. Returns false if the path
    /// ends here, because nothing is there or the link is not to be followed.
    private boolean enter(String name) {
      var next = here + "/" + name;
      var node = tree.at(next);
      if (node.isPresent()) {
        boolean follows = !rest.isEmpty() || asked.follow || asFolder;
        if (node.get() instanceof LinkNode link && follows) {
          linked = true;
          return ++links <= MOST_LINKS && follow(link.target());
        }
        here = next;
        return true;
      }
      if (tree.at(here).orElse(null) instanceof FolderNode folder && !folder.exists()) {
        return false;
      }
      boolean last = rest.isEmpty();
      var entry = entry(next, name);
      if (entry instanceof Entry.Other) {
        here = next;
        return true;
      }
      return entry instanceof Entry.Link(var to)
          && (!last || asked.follow || asFolder)
          && ++links <= MOST_LINKS
          && follow(to);
    }

    private boolean follow(String to) {
      // Links of /proc lead to objects; their text is a path without links, or none at all.
      boolean ofProcess = here.startsWith("/proc/");
      magic |= ofProcess;
      var path = ofProcess && to.startsWith("/") ? tree.shown(withoutNote(to)) : to;
      Places.names(path).reversed().forEach(rest::push);
      here = path.startsWith("/") ? top : here;
      return true;
    }

    /// Returns what is at `next`, as the program's thread sees it: the links in /proc that depend
    /// on the reader would show this process.
    private Entry entry(String next, String name) {
      if (here.equals("/proc") && (name.equals("self") || name.equals("thread-self"))) {
        var thread = "/proc/" + asked.tid;
        return new Entry.Link(name.equals("self") ? thread : thread + "/task/" + asked.tid);
      }
      var entry = look.at(tree.root() + next);
      if (entry instanceof Entry.Absent && here.equals("/proc/" + asked.tid + "/fd")) {
        // The name that ExecuteCalls gave a file, in memory that vfork(2) shares.
        return tree.executedAs(name).<Entry>map(f -> new Entry.Link(f.path())).orElse(entry);
      }
      return entry;
    }
  }
}
