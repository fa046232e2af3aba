package dev.testudo.shield.supervisor.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.shield.Eventually;
import dev.testudo.shield.RealShield;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorTablesPrivilegedTest {
  private static final int NUMBER = 9;
  private static final List<String> HOLDER =
      List.of(
          "/usr/bin/python3",
          "-c",
          "import os, socket, time; s = socket.socket(); os.dup2(s.fileno(), %d); s.close(); time.sleep(600)"
              .formatted(NUMBER));

  @Test
  void aSocketIsFoundInACage(@TempDir Path folder) throws Exception {
    try (var shield = new RealShield(folder, Map.of("", "unprotected"))) {
      int pid = Math.toIntExact(shield.start(HOLDER).child().pid());
      long inode = inodeOf(pid);
      var expected = Map.of(inode, new ProgramSocket.Place(pid, NUMBER));
      assertEquals(expected, DescriptorTables.find(Set.of(inode)));
    }
  }

  /// Other processes may have thousands of descriptors. Closing a listener must not wait until all
  /// of them are searched.
  @Test
  void nobodyLooksForItInProcessesThatHaveNoFilter() throws Exception {
    var outside = new ProcessBuilder(HOLDER).start();
    try {
      int pid = Math.toIntExact(outside.pid());
      long inode = inodeOf(pid);
      var place = new ProgramSocket.Place(pid, NUMBER);
      // If the tests themselves run under a filter, as in a container, every process has one.
      var expected = hasFilter() ? Map.of(inode, place) : Map.of();
      assertEquals(expected, DescriptorTables.find(Set.of(inode)));
    } finally {
      outside.destroyForcibly().waitFor();
    }
  }

  private static boolean hasFilter() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).contains("Seccomp:\t2");
  }

  private static long inodeOf(int pid) throws Exception {
    Eventually.holds(() -> inode(pid) != 0, () -> "no socket in " + pid);
    return inode(pid);
  }

  private static long inode(int pid) {
    try {
      return DescriptorTables.inodeAt(pid, NUMBER);
    } catch (ErrnoException e) {
      return 0;
    }
  }
}
