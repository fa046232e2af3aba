package dev.testudo.shield.supervisor.path;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import java.util.ArrayDeque;
import java.util.List;
import java.util.StringJoiner;

/// Resolves paths as a thread of the program sees them: with its root, working directory
/// and mounts.
public final class UnixPaths {
  private UnixPaths() {}

  /// Returns `path` made absolute with the thread's working directory and normalised by
  /// spelling. Rules are compared with this form. Symbolic links are not followed; a link is a
  /// different path.
  public static String absolute(int tid, String path) throws ErrnoException {
    if (path.startsWith("/")) {
      return normalised(path);
    }
    var root = Files.readlink("/proc/" + tid + "/root");
    var directory = Files.readlink("/proc/" + tid + "/cwd");
    var inside = root.equals("/") ? directory : directory.substring(commonLength(root, directory));
    return normalised(inside + "/" + path);
  }

  /// Opens the thread's root directory.
  public static Fd root(int tid) throws ErrnoException {
    return Files.open("/proc/" + tid + "/root", Files.O_PATH);
  }

  /// Opens the thread's working directory.
  static Fd workingDirectory(int tid) throws ErrnoException {
    return Files.open("/proc/" + tid + "/cwd", Files.O_PATH);
  }

  /// Opens the absolute `path` below `root` with `O_PATH`. Links are followed within the root, but
  /// not magic links in /proc, whose meaning depends on the caller.
  public static Fd resolve(Fd root, String path) throws ErrnoException {
    return Files.openat2(root, path, Files.O_PATH, Files.RESOLVE_IN_ROOT);
  }

  /// As [#resolve], but fails with `ELOOP` if a symbolic link is on the path.
  public static Fd resolveWithoutLinks(Fd root, String path) throws ErrnoException {
    int how = Files.RESOLVE_IN_ROOT | Files.RESOLVE_NO_SYMLINKS;
    return Files.openat2(root, path, Files.O_PATH, how);
  }

  /// Returns the path of `place` relative to `root`, which contains it. The result contains
  /// no links.
  public static String below(Fd root, Fd place) throws ErrnoException {
    var above = Files.readlink(through(root));
    var whole = Files.readlink(through(place));
    return above.equals("/") ? whole : whole.substring(commonLength(above, whole));
  }

  /// Returns a path by which this process reaches what `fd` refers to, in any mount namespace.
  public static String through(Fd fd) {
    return "/proc/self/fd/" + fd.value();
  }

  /// Returns whether `path` has a `..` component. It means the parent of what the path before it
  /// leads to, which may differ from its spelling.
  static boolean goesUp(String path) {
    return List.of(path.split("/+", -1)).contains("..");
  }

  private static int commonLength(String root, String directory) {
    return directory.startsWith(root) ? root.length() : 0;
  }

  /// Resolves `.`, `..` and repeated slashes by spelling.
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
