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

/// Looks into other processes' descriptor tables through `/proc`: which socket, by its inode
/// number, has which number there.
public final class DescriptorTables {
  private static final String OWN = Long.toString(ProcessHandle.current().pid());

  /// `SECCOMP_MODE_FILTER`, as proc(5) tells it.
  private static final String FILTERED = "Seccomp:\t2";

  private static final String PREFIX = "socket:[";

  private DescriptorTables() {}

  /// The inode number of the socket that thread `tid` has as `number`. `EBADF`: nothing there;
  /// `ENOTSOCK`: something else.
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

  /// Whether that socket is at that place still.
  static boolean isAt(ProgramSocket.Place place, long inode) {
    try {
      return inodeAt(place.tid(), place.descriptor()) == inode;
    } catch (ErrnoException e) {
      return false;
    }
  }

  /// Where the sockets with the inode numbers `wanted` are, in all processes that may be in our
  /// cage. Takes its time. Threads may have tables of their own; they come last.
  ///
  /// @throws ErrnoException `EMFILE` or `ENFILE`: nobody could look, so a socket that was not found
  /// may well be there
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

  /// Whether `name` is a process with a seccomp filter, and not our own. On a machine with many
  /// others a look at their descriptors would take seconds; without a filter they are in no cage.
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

  /// Java does not say why it could not look: throws if it was for want of a descriptor.
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
