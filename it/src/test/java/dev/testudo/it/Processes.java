package dev.testudo.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Processes of this machine, also those that are nobody's children any more.
final class Processes {
  private Processes() {}

  /// The words that `pid` runs; one empty word when there is no such process.
  static List<String> commandLine(long pid) {
    try {
      var text = Files.readString(file(pid, "cmdline"), StandardCharsets.ISO_8859_1);
      return text.isEmpty() ? List.of("") : List.of(text.split("\0"));
    } catch (IOException e) {
      return List.of(""); // the process has just ended
    }
  }

  /// Whether `process` holds nothing any more. What its parent has not yet asked about is still
  /// listed (state Z, proc_pid_stat(5)), and how soon that happens is for the machine's first
  /// process to say.
  static boolean hasEnded(ProcessHandle process) {
    if (!process.isAlive()) {
      return true;
    }
    try {
      var stat = Files.readString(file(process.pid(), "stat"), StandardCharsets.ISO_8859_1);
      return stat.startsWith(") Z", stat.lastIndexOf(')'));
    } catch (IOException e) {
      return true;
    }
  }

  /// Ends `process` and everything below it, and waits until they hold nothing any more.
  static void end(Process process) throws InterruptedException {
    end(process, process.descendants().toList());
  }

  /// Ends `process`, which may have ended, and `below`, which were below it.
  static void end(Process process, List<ProcessHandle> below) throws InterruptedException {
    process.destroyForcibly();
    below.forEach(ProcessHandle::destroyForcibly);
    process.waitFor();
    Patience.until(
        () -> below.stream().allMatch(Processes::hasEnded), () -> "still there: " + below);
  }

  private static Path file(long pid, String name) {
    return Path.of("/proc", Long.toString(pid), name);
  }
}
