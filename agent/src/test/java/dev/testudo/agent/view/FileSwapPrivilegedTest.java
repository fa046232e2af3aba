package dev.testudo.agent.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.testudo.agent.Eventually;
import dev.testudo.linux.process.Exit;
import dev.testudo.linux.sys.UserIds;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Files that are replaced while a program uses them. Needs CAP_SYS_ADMIN.
@Timeout(300)
class FileSwapPrivilegedTest {
  private static final UserIds USER = new UserIds(0x7fe0_0001, 0x7fe0_0001);

  /// Files in the program's own root, over a file of the machine, in a directory that is mirrored,
  /// and in memory.
  private static final List<String> PATHS =
      List.of("/testudo-swap/key", "/etc/hostname", "/usr/src/testudo-swap", "/run/testudo/key");

  @TempDir private Path folder;

  @BeforeAll
  static void loadWhatFollows() throws Exception {
    ProgramViewPrivilegedTest.loadWhatFollows();
  }

  private static List<Placed.File> files(String content, int mode) {
    return PATHS.stream()
        .map(
            path ->
                new Placed.File(
                    path, mode, new Content.Confidential(Secret.ofText(content + path))))
        .toList();
  }

  private String read(String name) {
    try {
      return Files.readString(folder.resolve(name), UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  private void awaitContent(String name, String wanted) throws InterruptedException {
    Eventually.holds(() -> Files.exists(folder.resolve(name)), () -> name + " does not appear");
    assertEquals(wanted, read(name));
  }

  private static String expected(String content) {
    return String.join("", PATHS.stream().map(path -> content + path).toList());
  }

  @Test
  void aProgramFindsTheNewFilesAndKeepsTheOldOnesThatItHasOpened() throws Exception {
    Files.setAttribute(folder, "unix:mode", 0777);
    var paths = String.join(" ", PATHS);
    var script =
        """
        cd %s
        exec 3</testudo-swap/key
        cat %s > old.part; mv old.part old
        for step in 1 2 3; do
          while [ ! -e go$step ]; do sleep 0.01; done
          cat %s > new.part; stat -c %%a:%%u /etc/hostname /run/testudo/key >> new.part
          mv new.part new$step
        done
        cat <&3 > held
        (echo x > /testudo-swap/key) 2> write || echo refused >> write
        """
            .formatted(folder, paths, paths);
    var view =
        ProgramView.of(
            List.copyOf(files("first", 0400)),
            new HostParts(List.of(), List.of(folder), List.of()),
            USER);
    var mountsBefore = Files.readString(Path.of("/proc/self/mountinfo"));
    var child = ShellInView.start(view, USER, script);
    awaitContent("old", expected("first"));
    for (var step = 1; step <= 3; step++) {
      view.replace(files("value " + step, 0440));
      Files.createFile(folder.resolve("go" + step));
      var wanted = expected("value " + step) + "440:%d\n440:%d\n".formatted(USER.uid(), USER.uid());
      awaitContent("new" + step, wanted);
    }
    assertEquals(new Exit.Exited(0), child.await());
    assertEquals("first/testudo-swap/key", read("held"));
    assertEquals("refused", read("write").lines().toList().getLast());
    assertEquals(mountsBefore, Files.readString(Path.of("/proc/self/mountinfo")));
    assertFalse(Files.exists(Path.of("/testudo-swap")));
    assertFalse(Files.exists(Path.of("/usr/src/testudo-swap")));
  }
}
