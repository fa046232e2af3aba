package dev.testudo.shield.supervisor;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Files;
import java.io.File;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// Looks into other processes' descriptor tables through `/proc`: which socket, by its inode
/// number, has which number there.
final class DescriptorTables {
  private static final String OWN = Long.toString(ProcessHandle.current().pid());
  private static final String PREFIX = "socket:[";

  private DescriptorTables() {}

  /// The inode number of the socket that thread `tid` has as `number`. `EBADF`: nothing there;
  /// `ENOTSOCK`: something else.
  static long inodeAt(int tid, int number) throws ErrnoException {
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

  /// Where the sockets with the inode numbers `wanted` are, in all processes we may look into but
  /// our own. Takes its time. Threads may have tables of their own; they come last.
  static Map<Long, ProgramSocket.Place> find(Set<Long> wanted) {
    var found = new HashMap<Long, ProgramSocket.Place>();
    for (var process : names("/proc")) {
      if (found.size() == wanted.size()) {
        return found;
      }
      if (isNumber(process) && !process.equals(OWN)) {
        search(process, wanted, found);
      }
    }
    for (var process : names("/proc")) {
      if (found.size() == wanted.size()) {
        return found;
      }
      if (isNumber(process) && !process.equals(OWN)) {
        for (var thread : names("/proc/" + process + "/task")) {
          search(thread, wanted, found);
        }
      }
    }
    return found;
  }

  private static void search(
      String thread, Set<Long> wanted, Map<Long, ProgramSocket.Place> found) {
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

  private static String[] names(String directory) {
    var names = new File(directory).list();
    return names == null ? new String[0] : names;
  }

  private static boolean isNumber(String name) {
    return !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
