package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
    return !process.isAlive() || state(process).map(state -> state == 'Z').orElse(true);
  }

  /// The state of a process (proc_pid_stat(5)), while there is one.
  private static Optional<Character> state(ProcessHandle process) {
    try {
      var stat = Files.readString(file(process.pid(), "stat"), StandardCharsets.ISO_8859_1);
      return Optional.of(stat.charAt(stat.lastIndexOf(')') + 2));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// Sends a signal. After `STOP`, the process does nothing any more.
  static void signal(ProcessHandle process, String name) throws IOException, InterruptedException {
    var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    assertEquals(0, kill.waitFor());
    if (name.equals("STOP")) {
      Patience.until(
          () -> state(process).filter(state -> state == 'T').isPresent(),
          () -> "not stopped: " + process);
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
