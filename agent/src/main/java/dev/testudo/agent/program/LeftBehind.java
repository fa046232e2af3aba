package dev.testudo.agent.program;

import dev.testudo.agent.report.Reporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The processes that a program leaves behind when it ends. They become children of this process,
/// and lose their shield when this process ends.
public final class LeftBehind {
  private LeftBehind() {}

  /// Reports whether there are any, and what happens to them.
  public static void tell(Reporter reporter) {
    var running = ProcessHandle.current().children().filter(LeftBehind::isRunning).count();
    if (running > 0) {
      var left = running == 1 ? "a process" : running + " processes";
      reporter.say(
          "the program has ended but left %s behind, which can no longer make socket calls;"
                  .formatted(left)
              + " run it in the foreground");
    }
  }

  /// Returns whether the process still runs. A zombie, in state `Z` of proc_pid_stat(5), does not.
  private static boolean isRunning(ProcessHandle process) {
    try {
      var stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return !stat.startsWith("Z", stat.lastIndexOf(')') + 2);
    } catch (IOException _) {
      return false;
    }
  }
}
