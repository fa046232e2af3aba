package dev.testudo.shield.supervisor.path;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import java.util.ArrayDeque;
import java.util.List;
import java.util.StringJoiner;

/// Paths as a thread of the program sees them: its root, its working directory, its mounts.
public final class UnixPaths {
  private UnixPaths() {}

  /// `path` made absolute by the thread's working directory and normalised in spelling: what the
  /// rules are about. Symbolic links are not followed; a link is another path.
  public static String absolute(int tid, String path) throws ErrnoException {
    if (path.startsWith("/")) {
      return normalised(path);
    }
    var root = Files.readlink("/proc/" + tid + "/root");
    var directory = Files.readlink("/proc/" + tid + "/cwd");
    var inside = root.equals("/") ? directory : directory.substring(commonLength(root, directory));
    return normalised(inside + "/" + path);
  }

  /// The thread's root directory.
  public static Fd root(int tid) throws ErrnoException {
    return Files.open("/proc/" + tid + "/root", Files.O_PATH);
  }

  /// The thread's working directory.
  static Fd workingDirectory(int tid) throws ErrnoException {
    return Files.open("/proc/" + tid + "/cwd", Files.O_PATH);
  }

  /// What lies at the absolute `path` below `root`, without opening it. Links are followed within
  /// the root; those into /proc, whose meaning depends on who asks, are not.
  public static Fd resolve(Fd root, String path) throws ErrnoException {
    return Files.openat2(root, path, Files.O_PATH, Files.RESOLVE_IN_ROOT);
  }

  /// The same, where a link on the way is `ELOOP`.
  public static Fd resolveWithoutLinks(Fd root, String path) throws ErrnoException {
    int how = Files.RESOLVE_IN_ROOT | Files.RESOLVE_NO_SYMLINKS;
    return Files.openat2(root, path, Files.O_PATH, how);
  }

  /// The path of `place`, which lies below `root`, from there; no link is in it.
  public static String below(Fd root, Fd place) throws ErrnoException {
    var above = Files.readlink(through(root));
    var whole = Files.readlink(through(place));
    return above.equals("/") ? whole : whole.substring(commonLength(above, whole));
  }

  /// A path by which this process reaches what `fd` refers to, in whatever mount namespace.
  public static String through(Fd fd) {
    return "/proc/self/fd/" + fd.value();
  }

  /// Whether `path` has a component `..`, which means the parent of what lies before it, not of how
  /// that is spelled.
  static boolean goesUp(String path) {
    return List.of(path.split("/+", -1)).contains("..");
  }

  private static int commonLength(String root, String directory) {
    return directory.startsWith(root) ? root.length() : 0;
  }

  /// Resolves `.`, `..` and double slashes by spelling.
  static String normalised(String path) {
    var parts = new ArrayDeque<String>();
    for (var part : path.split("/+", -1)) {
      if (part.equals("..")) {
        parts.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    var joined = new StringJoiner("/", "/", "");
    parts.forEach(joined::add);
    return joined.toString();
  }
}
