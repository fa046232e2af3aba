package dev.testudo.linux.process;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.linux.process.Child.Wait;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Manages processes that lost their parent and became children of this process. That happens if
/// this process is process 1 of a PID namespace, or after [Prctl#becomeSubreaper].
public final class Reaper {
  private static final int SIGKILL = 9;

  /// Rounds of killing, 2 ms apart. A process may fork after it was listed and before it is killed,
  /// and takes a moment to end.
  private static final int KILL_ROUNDS = 1000;

  private static final long ROUND_MILLIS = 2;

  private Reaper() {}

  /// Waits for `child` to end, and returns how it ended. Reaps orphans that end meanwhile. Only
  /// one thread may call this, and nothing else in this process may wait for children that are not
  /// a [Child].
  public static Exit awaitReapingOrphans(Child child) throws ErrnoException {
    while (true) {
      var ended = Wait.untilEnded(Wait.P_ALL, 0);
      if (ended == child.pid()) {
        return child.reap();
      }
      Wait.reap(ended);
    }
  }

  /// Kills and reaps all children of this process, and the orphans that become its children
  /// thereby, until none is left. Takes at most two seconds.
  ///
  /// @throws IOException if some remain, for example because they are stuck in the kernel
  public static void killAll() throws IOException, InterruptedException {
    for (var round = 0; round < KILL_ROUNDS; round++) {
      var children = children();
      if (children.isPresent() && children.get().isEmpty()) {
        return;
      }
      for (var pid : children.orElse(List.of())) {
        var result = Native.call(SystemCall.KILL, pid, SIGKILL);
        if (result != -Errno.ESRCH) {
          Native.checked("kill", result);
        }
        Wait.reapIfEnded(pid);
      }
      Thread.sleep(ROUND_MILLIS);
    }
    throw new IOException("some processes of the program do not end even after SIGKILL");
  }

  /// Returns the process ids of this process's children, dead or alive. Returns empty if a thread
  /// of this process ended meanwhile, because its children have moved to another thread and would
  /// be missing.
  private static Optional<List<Integer>> children() throws IOException {
    var children = new ArrayList<Integer>();
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (var thread : threads) {
        var list = childrenOf(thread);
        if (list.isEmpty()) {
          return Optional.empty();
        }
        children.addAll(list.get());
      }
    }
    return Optional.of(children);
  }

  private static Optional<List<Integer>> childrenOf(Path thread) throws IOException {
    try {
      var list = Files.readString(thread.resolve("children"), US_ASCII).trim();
      return Optional.of(
          list.isEmpty() ? List.of() : Stream.of(list.split(" ")).map(Integer::valueOf).toList());
    } catch (IOException e) {
      if (Files.exists(thread)) {
        throw e;
      }
      return Optional.empty();
    }
  }
}
