package dev.testudo.cli.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The state of CAS changes its owner only between users of meshes, and only if nobody can
/// interfere. Needs root.
class CasStatePrivilegedTest {
  private static final int BEFORE = 0x7fdf_f000;
  private static final int NOW = 0x7fdf_f400;
  private static final UsedIds MACHINE = UsedIds.ofMachine(Duration.ofMillis(200));

  @TempDir Path work;

  private MeshDirectory state(int owner) throws Exception {
    var root = Files.createDirectory(work.resolve("state"));
    Files.setAttribute(root, "unix:mode", 0700);
    var cas = Files.createDirectory(root.resolve("cas"));
    Files.setAttribute(cas, "unix:mode", 0700);
    Files.setAttribute(Files.writeString(cas.resolve("seal.key"), "key"), "unix:uid", owner);
    Files.setAttribute(cas, "unix:uid", owner);
    return MeshDirectory.open(root);
  }

  private static int owner(Path file) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:uid");
  }

  private static Process as(int user, String command) throws IOException {
    var all = "exec setpriv --reuid %d --clear-groups %s".formatted(user, command);
    return new ProcessBuilder("sh", "-c", all).start();
  }

  @Test
  void whatAnEarlierRunsUserLeftBelongsToThisRuns() throws Exception {
    try (var state = state(BEFORE)) {
      state.giveCasState(NOW, MACHINE);
      assertEquals(NOW, owner(state.casState()));
      assertEquals(NOW, owner(state.casState().resolve("seal.key")));
    }
  }

  @Test
  void whileTheEarlierUserIsAtWorkNothingIsGiven() throws Exception {
    var alive = as(BEFORE, "sleep 60");
    try (var state = state(BEFORE)) {
      while (!MACHINE.anyFrom(BEFORE, 1)) {
        assertTrue(alive.isAlive());
        Thread.onSpinWait();
      }
      var refused = assertThrows(CommandFailed.class, () -> state.giveCasState(NOW, MACHINE));
      assertEquals(ExitCode.ENVIRONMENT_FAILED, refused.code());
      assertFalse(MACHINE.awaitNoneFrom(BEFORE, 1));
      assertEquals(BEFORE, owner(state.casState()));
      assertEquals(BEFORE, owner(state.casState().resolve("seal.key")));
      alive.destroyForcibly().waitFor();
      state.giveCasState(NOW, MACHINE);
      assertEquals(NOW, owner(state.casState()));
    } finally {
      alive.destroyForcibly().waitFor();
    }
  }

  @Test
  void aDeadProcessThatNobodyAskedAboutUsesNoId() throws Exception {
    var parent =
        as(0, "sh -c 'setpriv --reuid %d --clear-groups true & exec sleep 60'".formatted(BEFORE));
    try {
      var dead = parent.toHandle();
      while (dead.descendants().noneMatch(child -> isZombie(child.pid()))) {
        assertTrue(parent.isAlive());
        Thread.onSpinWait();
      }
      assertFalse(MACHINE.anyFrom(BEFORE, 1));
    } finally {
      parent.destroyForcibly().waitFor();
    }
  }

  private static boolean isZombie(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void theStateOfSomebodyElseIsRefused() throws Exception {
    try (var state = state(65534)) {
      assertThrows(IOException.class, () -> state.giveCasState(NOW, MACHINE));
      assertEquals(65534, owner(state.casState()));
    }
  }

  @Test
  void aFileThatHasASecondNameOutsideIsNotGivenNorIsAnythingElse() throws Exception {
    try (var state = state(BEFORE)) {
      var precious = Files.writeString(work.resolve("shadow"), "");
      Files.createLink(state.casState().resolve("cas.db"), precious);
      assertThrows(IOException.class, () -> state.giveCasState(NOW, MACHINE));
      assertEquals(0, owner(precious));
      assertEquals(BEFORE, owner(state.casState()));
      // Nothing but the second name was wrong.
      Files.delete(precious);
      state.giveCasState(NOW, MACHINE);
      assertEquals(NOW, owner(state.casState()));
    }
  }
}
