package dev.testudo.shield;

import dev.testudo.linux.process.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A program and what it has started: workers and back ends, which would outlive it.
final class Family {
  private final Child program;

  /// Taken at the start: later its number may be another's.
  private final Optional<ProcessHandle> process;

  Family(Child program) {
    this.program = program;
    this.process = ProcessHandle.of(program.pid());
  }

  /// Kills all of them and returns when they have ended, so that none writes any more where its
  /// test cleans up.
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

  /// True also of a process that nobody has waited for yet: it has no memory, files or program.
  private static boolean hasEnded(ProcessHandle process) {
    return !process.isAlive() || Files.notExists(Path.of("/proc/" + process.pid() + "/exe"));
  }
}
