package dev.testudo.shield.supervisor.socket;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.PidFd;
import java.util.LinkedHashMap;
import java.util.Map;

/// Pidfds of the threads that called last. They are kept because opening and closing one takes
/// longer than the rest of a call.
///
/// An open pidfd always means the same thread. If the thread has ended and another one has its
/// number, duplicating fails with `ESRCH` and never returns a descriptor of the wrong thread. The
/// pidfd is then opened again.
public final class KnownThreads implements AutoCloseable {
  /// Busy programs have a few dozen threads that connect and accept. Each pidfd costs a descriptor.
  private static final int MAX_THREADS = 128;

  /// The fraction of this process's descriptors to use for pidfds.
  private static final int SHARE = 8;

  private final int most;

  private final Map<Integer, PidFd> threads =
      new LinkedHashMap<>(MAX_THREADS * 2, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, PidFd> eldest) {
          boolean full = size() > most;
          if (full) {
            eldest.getValue().close();
          }
          return full;
        }
      };

  /// @param descriptors the descriptor limit of this process, [Fd#limit]
  KnownThreads(long descriptors) {
    most = Math.clamp(descriptors / SHARE, 1, MAX_THREADS);
  }

  /// Returns a duplicate of the descriptor at `place`, which the caller owns.
  ///
  /// @throws ErrnoException `EBADF`, or `ESRCH` if there is no such thread
  Fd duplicate(ProgramSocket.Place place) throws ErrnoException {
    var known = threads.get(place.tid());
    if (known != null) {
      try {
        return known.getfd(place.descriptor());
      } catch (ErrnoException e) {
        if (e.errno() != Errno.ESRCH) {
          throw e;
        }
        threads.remove(place.tid());
        known.close();
      }
    }
    var opened = PidFd.ofThread(place.tid());
    threads.put(place.tid(), opened);
    return opened.getfd(place.descriptor());
  }

  @Override
  public void close() {
    threads.values().forEach(PidFd::close);
    threads.clear();
  }
}
