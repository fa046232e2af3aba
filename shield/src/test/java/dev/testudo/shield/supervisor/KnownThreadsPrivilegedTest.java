package dev.testudo.shield.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KnownThreadsPrivilegedTest {
  private static final Path LAST_PID = Path.of("/proc/sys/kernel/ns_last_pid");
  private static final int ATTEMPTS = 500;

  @TempDir Path directory;

  @ParameterizedTest(name = "asked about in between: {0}")
  @ValueSource(booleans = {true, false})
  void aNumberGivenAgainMeansTheNewProcessAndAnEndedOneNobody(boolean asked) throws Exception {
    var first = Files.writeString(directory.resolve("first"), "1");
    var second = Files.writeString(directory.resolve("second"), "2");
    try (var threads = new KnownThreads()) {
      var old = sleepReading(first);
      int pid = Math.toIntExact(old.pid());
      assertEquals(first, inputOf(pid, threads));
      assertEquals(first, inputOf(pid, threads));
      end(old);
      if (asked) {
        var gone = assertThrows(ErrnoException.class, () -> inputOf(pid, threads));
        assertEquals(Errno.ESRCH, gone.errno());
      }

      var reborn = sleepReading(second, pid);
      try {
        assertEquals(second, inputOf(pid, threads));
      } finally {
        end(reborn);
      }
    }
  }

  /// The file that the process has as its standard input.
  private static Path inputOf(int pid, KnownThreads threads) throws ErrnoException, IOException {
    try (var fd = threads.duplicate(new ProgramSocket.Place(pid, 0))) {
      return Path.of("/proc/self/fd/" + fd.value()).toRealPath();
    }
  }

  private static Process sleepReading(Path file) throws IOException {
    return new ProcessBuilder("sleep", "60").redirectInput(file.toFile()).start();
  }

  /// Others start processes and threads too, so the number wanted may go to one of them.
  private static Process sleepReading(Path file, int pid) throws Exception {
    for (int i = 0; i < ATTEMPTS; i++) {
      Files.writeString(LAST_PID, Integer.toString(pid - 1));
      var process = sleepReading(file);
      if (process.pid() == pid) {
        return process;
      }
      end(process);
    }
    throw new AssertionError("no process got the number " + pid);
  }

  private static void end(Process process) throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
