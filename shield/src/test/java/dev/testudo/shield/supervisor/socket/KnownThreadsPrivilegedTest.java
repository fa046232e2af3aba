package dev.testudo.shield.supervisor.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
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
    try (var threads = new KnownThreads(1024)) {
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

  @Test
  void whereDescriptorsAreFewMostAreLeftForOtherThings() throws Exception {
    var ours = Path.of("/proc/self/task").toFile().list();
    assertTrue(ours.length > 8);
    long before = pidfds();
    try (var threads = new KnownThreads(64)) {
      for (var thread : ours) {
        threads.duplicate(new ProgramSocket.Place(Integer.parseInt(thread), 0)).close();
      }
      assertEquals(8, pidfds() - before);
    }
    assertEquals(before, pidfds());
  }

  private static long pidfds() throws IOException {
    try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(KnownThreadsPrivilegedTest::isPidfd).count();
    }
  }

  private static boolean isPidfd(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().contains("pidfd");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  /// Returns the file that is the process's standard input.
  private static Path inputOf(int pid, KnownThreads threads) throws ErrnoException, IOException {
    try (var fd = threads.duplicate(new ProgramSocket.Place(pid, 0))) {
      return Path.of("/proc/self/fd/" + fd.value()).toRealPath();
    }
  }

  private static Process sleepReading(Path file) throws IOException {
    return new ProcessBuilder("sleep", "60").redirectInput(file.toFile()).start();
  }

  /// Starts a process with the process id `pid`. Other processes and threads start meanwhile, so
  /// one of them may get that id.
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
