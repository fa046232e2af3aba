package dev.testudo.agent.program;

import dev.testudo.agent.report.Reporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The processes of a program that has ended. They are this process's children then, and without a
/// shield as soon as it ends, too.
public final class LeftBehind {
  private LeftBehind() {}

  /// Says that there are some, and what becomes of them.
  public static void tell(Reporter reporter) {
    var running = ProcessHandle.current().children().filter(LeftBehind::isRunning).count();
    if (running > 0) {
      var left = running == 1 ? "a process" : running + " processes";
      reporter.say(
          "the program has ended and left %s behind, which can make no socket call any more;"
                  .formatted(left)
              + " keep it in the foreground");
    }
  }

  /// Not one that has ended and waits to be reaped: state `Z` in its proc_pid_stat(5).
  private static boolean isRunning(ProcessHandle process) {
    try {
      var stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return !stat.startsWith("Z", stat.lastIndexOf(')') + 2);
    } catch (IOException _) {
      return false;
    }
  }
}
