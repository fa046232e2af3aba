package dev.testudo.linux.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.process.Command.Input;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(200)
class ReaperTest {
  @TempDir private Path folder;

  @BeforeEach
  void takeOrphans() throws IOException {
    Prctl.becomeSubreaper();
  }

  private Child shell(String script) throws IOException {
    var argv = List.of("sh", "-c", script);
    var path = Map.of("PATH", "/usr/bin:/bin");
    return Child.spawn(
        new Command(Path.of("/bin/sh"), argv, path, Optional.of(folder), Input.EMPTY));
  }

  private boolean isAlive(String pidFile) throws IOException {
    var pid = Files.readString(folder.resolve(pidFile)).trim();
    return Files.exists(Path.of("/proc", pid));
  }

  @Test
  void reapsAnOrphanWhileTheProgramRuns() throws IOException {
    // The inner shell ends at once and leaves its child to this process. The program continues
    // until it sees that the orphan has been reaped.
    var child =
        shell(
            "sh -c 'sleep 0.05 & echo $! > orphan';"
                + " while [ -e /proc/$(cat orphan) ]; do sleep 0.01; done; exit 5");
    assertEquals(new Exit.Exited(5), Reaper.awaitReapingOrphans(child));
    assertFalse(isAlive("orphan"));
  }

  @Test
  void killsWhatTheProgramLeftBehind() throws IOException, InterruptedException {
    var child = shell("sh -c 'setsid sleep 1000 & echo $! > orphan'; exit 0");
    assertEquals(new Exit.Exited(0), Reaper.awaitReapingOrphans(child));
    assertTrue(isAlive("orphan"));
    Reaper.killAll();
    assertFalse(isAlive("orphan"));
  }
}
