package dev.testudo.agent.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.process.Capabilities;
import dev.testudo.linux.process.Child;
import dev.testudo.linux.process.Command;
import dev.testudo.linux.process.Exit;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Needs CAP_SYS_ADMIN. The machine's own files are the before and after of each test.
@Timeout(300)
class ProgramViewPrivilegedTest {
  /// A directory no machine has.
  private static final String NEW = "/testudo-view-test";

  @TempDir private Path folder;

  private static Placed secret(String path, String content) {
    return new Placed.File(path, 0400, new Content.Confidential(Secret.ofText(content)));
  }

  private static Placed plain(String path, int mode, String content) {
    return new Placed.File(path, mode, new Content.Plain(content.getBytes(UTF_8)));
  }

  /// Runs a shell script in the view as an agent's program would run; standard output is the
  /// result.
  private String inView(List<Placed> entries, String script) throws Exception {
    var out = folder.resolve("out");
    assertEquals(new Exit.Exited(0), run(entries, "exec > '" + out + "'; " + script), script);
    return Files.readString(out);
  }

  private static Exit run(List<Placed> entries, String script) throws Exception {
    var view = ProgramView.of(entries);
    var command =
        new Command(
            Path.of("/bin/sh"),
            List.of("sh", "-c", script),
            Map.of("PATH", "/usr/bin:/bin:/usr/sbin:/sbin"),
            Optional.of(Path.of("/")),
            Command.Input.EMPTY);
    var task =
        new FutureTask<>(
            () -> {
              view.enter();
              Capabilities.limitForPrograms(Set.of(Capabilities.DAC_OVERRIDE));
              return Child.spawn(command);
            });
    Thread.ofPlatform().start(task);
    return task.get().await();
  }

  @Test
  void aFileInADirectoryTheMachineLacksIsThereForTheProgramOnly() throws Exception {
    var rootBefore = names(Path.of("/"));
    var mountsBefore = Files.readString(Path.of("/proc/self/mountinfo"));
    var entries = List.of(secret(NEW + "/x.key", "the key"));

    assertEquals(
        "the key/400 0/755 0",
        inView(entries, "cat " + NEW + "/x.key; stat -c /%a' '%u " + NEW + "/x.key " + NEW)
            .replace("\n", ""));

    assertFalse(Files.exists(Path.of(NEW)));
    assertEquals(rootBefore, names(Path.of("/")));
    assertEquals(mountsBefore, Files.readString(Path.of("/proc/self/mountinfo")));
  }

  @Test
  void nobodyElseSeesTheFileWhileTheProgramRuns() throws Exception {
    var entries = List.of(secret(NEW + "/x.key", "the key"));
    var ready = folder.resolve("ready");
    var done = folder.resolve("done");
    var program =
        new FutureTask<>(
            () ->
                run(
                    entries,
                    "cat %s/x.key > %s.part && mv %s.part %s; while [ ! -e %s ]; do sleep 0.01; done"
                        .formatted(NEW, ready, ready, ready, done)));
    Thread.ofPlatform().start(program);
    while (!Files.exists(ready)) {
      Thread.sleep(5);
    }
    assertEquals("the key", Files.readString(ready));
    assertFalse(Files.exists(Path.of(NEW)), "this process");
    // unshare(1) copies the namespace this process is in.
    var other =
        Child.spawn(
            new Command(
                Path.of("/usr/bin/unshare"),
                List.of("unshare", "--mount", "/usr/bin/test", "-e", NEW),
                Map.of(),
                Optional.empty(),
                Command.Input.EMPTY));
    assertEquals(new Exit.Exited(1), other.await(), "another mount namespace");
    Files.createFile(done);
    program.get();
  }

  @Test
  void whatIsPlacedCannotBeChanged() throws Exception {
    var entries = List.of(secret(NEW + "/x", "kept"), plain("/etc/hosts", 0644, "kept"));
    var script =
        """
        for file in %s/x /etc/hosts; do
          echo changed 2>/dev/null > $file && echo written $file
          rm -f $file 2>/dev/null && echo removed $file
          mv $file $file.old 2>/dev/null && echo moved $file
          mount -o remount,rw,bind $file 2>/dev/null && echo remounted $file
          umount $file 2>/dev/null && echo unmounted $file
          chmod 777 $file 2>/dev/null && echo opened $file
          cat $file
        done
        touch %s/new 2>/dev/null && echo created
        true
        """
            .formatted(NEW, NEW);
    assertEquals("keptkept", inView(entries, script));
  }

  @Test
  void aFileTheMachineHasIsHiddenByTheProgramsOwn() throws Exception {
    var before = Files.readString(Path.of("/etc/hosts"));
    var entries = List.of(plain("/etc/hosts", 0644, "127.64.1.2 redis\n"));
    assertEquals("127.64.1.2 redis\n", inView(entries, "cat /etc/hosts"));
    assertEquals(before, Files.readString(Path.of("/etc/hosts")));
    assertNotEquals("127.64.1.2 redis\n", before);
  }

  @Test
  void aMirroredDirectoryStillShowsTheMachinesEntries() throws Exception {
    var real = Files.createDirectory(folder.resolve("real"));
    Files.writeString(real.resolve("file"), "real file");
    Files.createDirectory(real.resolve("sub"));
    Files.createSymbolicLink(real.resolve("link"), Path.of("file"));
    Files.setAttribute(real, "unix:mode", 01777);
    var entries = List.of(secret(real + "/new", "placed"));
    var script =
        "cd %s; cat file new link; stat -c ' %%a' .; : > sub/made; : > made"
            .formatted(real.toString());
    assertEquals("real fileplacedreal file 1777\n", inView(entries, script));
    assertEquals(Set.of("file", "sub", "link"), names(real), "nothing but what was there");
    assertTrue(Files.exists(real.resolve("sub/made")), "deeper directories are the real ones");
  }

  @Test
  void anImageBringsDirectoriesLinksAndPrograms() throws Exception {
    var entries =
        List.of(
            new Placed.Directory(NEW, 0755),
            new Placed.Directory(NEW + "/bin", 0555),
            plain(NEW + "/bin/hello", 0755, "#!/bin/sh\necho hello $1\n"),
            new Placed.Link(NEW + "/current", "bin/hello"),
            new Placed.Link("/testudo-view-link", NEW));
    assertEquals(
        "hello you\nhello there\n555\n",
        inView(
            entries,
            "%s/current you; /testudo-view-link/bin/hello there; stat -c %%a %s/bin"
                .formatted(NEW, NEW)));
    assertFalse(Files.exists(Path.of("/testudo-view-link"), LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void theProgramSeesTheMachinesProcAndDevices() throws Exception {
    var entries = List.of(secret(NEW + "/x", "s"));
    assertEquals("1\n", inView(entries, "test -e /proc/self/status && echo 1 > /dev/null; echo 1"));
  }

  private static Set<String> names(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      return entries
          .map(p -> p.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
