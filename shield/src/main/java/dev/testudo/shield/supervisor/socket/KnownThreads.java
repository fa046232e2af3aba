package dev.testudo.shield.supervisor.socket;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.PidFd;
import java.util.LinkedHashMap;
import java.util.Map;

/// Pidfds of the threads that called last, kept because opening and closing one takes longer than
/// all the rest of a call.
///
/// A pidfd means the same thread for as long as it is open. When its thread has ended and another
/// one has got the number, duplicating fails with `ESRCH`, never with a descriptor of the wrong
/// thread; it is then opened anew.
public final class KnownThreads implements AutoCloseable {
  /// Busy programs have a few dozen threads that connect and accept; each costs us a descriptor.
  private static final int MAX_THREADS = 128;

  /// The part of all our descriptors that may go into this.
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

  /// `descriptors`: how many this process may have, [Fd#limit].
  KnownThreads(long descriptors) {
    most = Math.clamp(descriptors / SHARE, 1, MAX_THREADS);
  }

  /// A duplicate of what thread and number of `place` stand for now, which the caller owns.
  /// `EBADF`, or `ESRCH` when there is no such thread.
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
