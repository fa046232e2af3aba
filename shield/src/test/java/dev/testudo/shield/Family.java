package dev.testudo.shield;

import dev.testudo.linux.process.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A program with the processes that it has started, such as workers, which could outlive it.
final class Family {
  private final Child program;

  /// Obtained at the start, because the process id may be reused later.
  private final Optional<ProcessHandle> process;

  Family(Child program) {
    this.program = program;
    this.process = ProcessHandle.of(program.pid());
  }

  /// Kills all of them and waits for their ends, so that none still writes while the test
  /// cleans up.
  void end() throws IOException {
    var others =
        process
            .filter(ProcessHandle::isAlive)
            .map(parent -> parent.descendants().toList())
            .orElse(List.of());
    program.signal(Program.KILL);
    others.forEach(ProcessHandle::destroyForcibly);
    program.await();
    try {
      Eventually.holds(
          () -> others.stream().allMatch(Family::hasEnded), () -> "not to be killed: " + others);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while processes end", e);
    }
  }

  /// Returns whether the process has ended. A zombie counts as ended: it has no memory, files
  /// or program.
  private static boolean hasEnded(ProcessHandle process) {
    return !process.isAlive() || Files.notExists(Path.of("/proc/" + process.pid() + "/exe"));
  }
}
