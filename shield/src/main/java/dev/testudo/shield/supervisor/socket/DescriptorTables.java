package dev.testudo.shield.supervisor.socket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Files;
import dev.testudo.shield.Shortages;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// Searches the descriptor tables of other processes in `/proc` for sockets, by inode number.
public final class DescriptorTables {
  private static final String OWN = Long.toString(ProcessHandle.current().pid());

  /// `SECCOMP_MODE_FILTER`, as proc(5) shows it.
  private static final String FILTERED = "Seccomp:\t2";

  private static final String PREFIX = "socket:[";

  private DescriptorTables() {}

  /// Returns the inode number of the socket that thread `tid` has as descriptor `number`.
  ///
  /// @throws ErrnoException `EBADF` if that descriptor is not open, `ENOTSOCK` if it is not
  ///     a socket
  public static long inodeAt(int tid, int number) throws ErrnoException {
    String target;
    try {
      target = Files.readlink("/proc/" + tid + "/fd/" + number);
    } catch (ErrnoException e) {
      throw e.errno() == Errno.ENOENT ? new ErrnoException("descriptor", Errno.EBADF) : e;
    }
    if (!target.startsWith(PREFIX)) {
      throw new ErrnoException(target, Errno.ENOTSOCK);
    }
    return Long.parseLong(target, PREFIX.length(), target.length() - 1, 10);
  }

  /// Returns whether the socket is still at that place.
  static boolean isAt(ProgramSocket.Place place, long inode) {
    try {
      return inodeAt(place.tid(), place.descriptor()) == inode;
    } catch (ErrnoException e) {
      return false;
    }
  }

  /// Finds the sockets with the inode numbers `wanted` in all processes that may be under the
  /// filter. This is slow. Threads may have descriptor tables of their own; they are searched last.
  ///
  /// @throws ErrnoException `EMFILE` or `ENFILE`: the search was incomplete, so a socket that was
  ///     not found may still exist
  public static Map<Long, ProgramSocket.Place> find(Set<Long> wanted) throws ErrnoException {
    var found = new HashMap<Long, ProgramSocket.Place>();
    var caged = new ArrayList<String>();
    for (var name : names("/proc")) {
      if (mayBeCaged(name)) {
        caged.add(name);
      }
    }
    for (var process : caged) {
      if (found.size() == wanted.size()) {
        return found;
      }
      search(process, wanted, found);
    }
    for (var process : caged) {
      for (var thread : names("/proc/" + process + "/task")) {
        if (found.size() == wanted.size()) {
          return found;
        }
        if (!thread.equals(process)) {
          search(thread, wanted, found);
        }
      }
    }
    return found;
  }

  /// Returns whether `name` is another process with a seccomp filter. Without a filter it is not
  /// under this shield's. To search all other processes of a large machine would take seconds.
  private static boolean mayBeCaged(String name) throws ErrnoException {
    if (!isNumber(name) || name.equals(OWN)) {
      return false;
    }
    try (var lines = java.nio.file.Files.lines(Path.of("/proc", name, "status"), ISO_8859_1)) {
      return lines.anyMatch(FILTERED::equals);
    } catch (IOException | UncheckedIOException e) {
      checkShortage(Path.of("/proc", name).toString());
      return false; // It has ended.
    }
  }

  private static void search(String thread, Set<Long> wanted, Map<Long, ProgramSocket.Place> found)
      throws ErrnoException {
    int tid = Integer.parseInt(thread);
    for (var number : names("/proc/" + thread + "/fd")) {
      try {
        var place = new ProgramSocket.Place(tid, Integer.parseInt(number));
        long inode = inodeAt(place.tid(), place.descriptor());
        if (wanted.contains(inode)) {
          found.putIfAbsent(inode, place);
        }
      } catch (ErrnoException e) {
        // Not a socket, or closed meanwhile.
      }
    }
  }

  private static String[] names(String directory) throws ErrnoException {
    var names = new File(directory).list();
    if (names == null) {
      checkShortage(directory);
      return new String[0];
    }
    return names;
  }

  /// Throws if `path` cannot be opened for want of a descriptor. Java's own calls do not report why
  /// they failed.
  private static void checkShortage(String path) throws ErrnoException {
    try {
      Files.open(path, Files.O_PATH).close();
    } catch (ErrnoException e) {
      if (Shortages.isShortage(e.errno())) {
        throw e;
      }
    }
  }

  private static boolean isNumber(String name) {
    return !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
