package dev.testudo.image.build.command;

import dev.testudo.image.build.sandbox.Sandbox;
import dev.testudo.image.build.sandbox.Sandbox.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;

/// Watches a command while it runs: passes on what it writes, and ends it when it exceeds a limit.
final class Supervision {
  private static final long POLL_MILLIS = 100;

  /// Looking at all processes of the machine takes a while.
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Sandbox sandbox;
  private final BuildLimits limits;
  private final long deadline;
  private final OutputTail tail;
  private final BuildListener listener;
  private long looked = System.nanoTime();

  /// Creates a supervision of several commands.
  ///
  /// @param deadline when all of them must have ended, as `System.nanoTime` tells it
  Supervision(
      Sandbox sandbox, BuildLimits limits, long deadline, OutputTail tail, BuildListener listener) {
    this.sandbox = sandbox;
    this.limits = limits;
    this.deadline = deadline;
    this.tail = tail;
    this.listener = listener;
  }

  /// Waits until a command has ended, and returns its exit status.
  ///
  /// @throws BuildException if it exceeded a limit
  int watch(Started command) throws IOException {
    var lines = new OutputLines(command.process().getInputStream());
    var ended = false;
    try {
      while (!lines.isEnded()) {
        var line = lines.next(POLL_MILLIS);
        if (line.isPresent()) {
          tail.add(line.get());
          listener.output(line.get());
        }
        requireLimits(command);
      }
      var status = command.process().waitFor();
      ended = true;
      return status;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BuildException(BuildFault.INTERRUPTED, "the build was interrupted", tail.lines());
    } finally {
      if (!ended) {
        sandbox.kill(command);
        lines.stop();
      }
    }
  }

  private void requireLimits(Started command) throws IOException {
    var now = System.nanoTime();
    if (now - looked < LOOK_NANOS) {
      return;
    }
    looked = now;
    if (now - deadline > 0) {
      throw refused(
          BuildFault.TIME_LIMIT,
          "the commands have not ended in %d s; make them quicker, or permit more time"
              .formatted(limits.time().toSeconds()));
    }
    if (command.process().descendants().count() > limits.processes()) {
      throw refused(
          BuildFault.TOO_MANY_PROCESSES,
          "the commands have started more than %d processes".formatted(limits.processes()));
    }
    if (Files.getFileStore(sandbox.files()).getUsableSpace() < limits.freeBytes()) {
      throw refused(
          BuildFault.DISK_FULL,
          "the disk of %s has less than %d MiB left; make room"
              .formatted(sandbox.files(), limits.freeBytes() >> 20));
    }
  }

  private BuildException refused(BuildFault fault, String message) {
    return new BuildException(fault, message, tail.lines());
  }
}
