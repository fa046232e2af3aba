package dev.testudo.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Needs CAP_SYS_ADMIN. Each test uses a thread of its own, so other threads keep their namespace.
@Timeout(200)
class MountsPrivilegedTest {
  @TempDir private Path folder;

  private static <T> T onItsOwnThread(Callable<T> work) throws Exception {
    var task = new FutureTask<>(work);
    Thread.ofPlatform().start(task);
    return task.get();
  }

  @Test
  void onlyTheCallingThreadSeesWhatItMounts() throws Exception {
    var there =
        onItsOwnThread(
            () -> {
              Mounts.unshare();
              Mounts.ramfs(folder);
              Files.writeString(folder.resolve("secret"), "s");
              return Files.exists(folder.resolve("secret"));
            });
    assertTrue(there);
    assertFalse(Files.exists(folder.resolve("secret")));
  }

  @Test
  void aReadOnlyFileSystemTakesNoWrites() throws Exception {
    onItsOwnThread(
        () -> {
          Mounts.unshare();
          Mounts.ramfs(folder);
          var file = Files.writeString(folder.resolve("file"), "kept");
          Mounts.makeReadOnly(folder);
          assertThrows(IOException.class, () -> Files.writeString(file, "changed"));
          assertThrows(IOException.class, () -> Files.delete(file));
          assertEquals("kept", Files.readString(file));
          return true;
        });
  }

  @Test
  void aBindShowsTheSameFileTwice() throws Exception {
    var from = Files.writeString(folder.resolve("from"), "shown");
    var to = Files.writeString(folder.resolve("to"), "hidden");
    var seen =
        onItsOwnThread(
            () -> {
              Mounts.unshare();
              Mounts.bind(from, to);
              return Files.readString(to);
            });
    assertEquals("shown", seen);
    assertEquals("hidden", Files.readString(to));
  }

  @Test
  void aCopyIsAttachedInAnotherNamespaceThanItWasMadeIn() throws Exception {
    var from = Files.createDirectory(folder.resolve("from"));
    var to = Files.createDirectory(folder.resolve("to"));
    onItsOwnThread(
        () -> {
          try (var tree = Mounts.copy(from)) {
            Mounts.unshare();
            Mounts.attach(tree, to);
          }
          return Files.writeString(to.resolve("file"), "written");
        });
    assertEquals("written", Files.readString(from.resolve("file")));
    assertFalse(Files.exists(to.resolve("file")));
  }

  @Test
  void theKernelsSettingsAreReadOnlyForTheCallingThreadWhereverTheyAreMounted() throws Exception {
    var elsewhere = Files.createDirectory(folder.resolve("proc of another place"));
    var part = Files.createDirectory(folder.resolve("part"));
    onItsOwnThread(
        () -> {
          Mounts.unshare();
          Mounts.bind(Path.of("/proc"), elsewhere);
          Mounts.bind(Path.of("/proc/sys"), part);
          KernelFiles.makeReadOnly();
          assertFalse(KernelFiles.areWritable());
          assertFalse(Files.isWritable(elsewhere.resolve("sys/kernel/hostname")));
          assertFalse(Files.isWritable(part.resolve("kernel/hostname")));
          assertTrue(Files.isWritable(Path.of("/proc/self/oom_score_adj")));
          return true;
        });
    assertTrue(KernelFiles.areWritable());
  }

  @Test
  void theOldRootIsGoneAfterReplacingIt() throws Exception {
    var outside = Files.writeString(folder.resolve("outside"), "");
    onItsOwnThread(
        () -> {
          Mounts.unshare();
          Mounts.tmpfs(folder, 1 << 20, 100);
          Files.writeString(folder.resolve("inside"), "");
          Mounts.replaceRoot(folder);
          assertTrue(Files.exists(Path.of("/inside")));
          assertFalse(Files.exists(outside));
          assertFalse(Files.exists(Path.of("/usr")));
          return true;
        });
    assertTrue(Files.exists(outside));
  }

  @Test
  void aTmpfsHoldsNoMoreThanItsLimit() throws Exception {
    onItsOwnThread(
        () -> {
          Mounts.unshare();
          Mounts.tmpfs(folder, 64 << 10, 100);
          assertThrows(
              IOException.class, () -> Files.write(folder.resolve("big"), new byte[128 << 10]));
          return true;
        });
  }
}
