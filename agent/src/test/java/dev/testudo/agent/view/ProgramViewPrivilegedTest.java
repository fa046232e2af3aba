package dev.testudo.agent.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.agent.Eventually;
import dev.testudo.linux.mount.Mounts;
import dev.testudo.linux.process.Child;
import dev.testudo.linux.process.Command;
import dev.testudo.linux.process.Exit;
import dev.testudo.linux.process.ProgramUser;
import dev.testudo.linux.sys.UserIds;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Needs CAP_SYS_ADMIN. Each test compares the machine's own files before and after.
@Timeout(300)
class ProgramViewPrivilegedTest {
  /// A directory that no machine has.
  private static final String NEW = "/testudo-view-test";

  private static final UserIds USER = new UserIds(0x7fe0_0001, 0x7fe0_0001);

  @TempDir private Path folder;

  private static Placed secret(String path, String content) {
    return new Placed.File(path, 0400, new Content.Confidential(Secret.ofText(content)));
  }

  private static Placed plain(String path, int mode, String content) {
    return new Placed.File(path, mode, new Content.Plain(content.getBytes(UTF_8)));
  }

  @BeforeEach
  void letTheProgramWriteIntoTheFolder() throws IOException {
    Files.setAttribute(folder, "unix:mode", 0777);
  }

  /// Runs a shell script in the view, as the agent would run a program. Returns its
  /// standard output.
  private String inView(List<Placed> entries, String script) throws Exception {
    return inView(entries, List.of(), script);
  }

  private String inView(List<Placed> entries, List<Path> hidden, String script) throws Exception {
    var out = folder.resolve("out");
    Files.deleteIfExists(out);
    var host = new HostParts(List.of(), List.of(folder), hidden);
    assertEquals(new Exit.Exited(0), run(entries, host, "exec > '" + out + "'; " + script), script);
    return Files.readString(out);
  }

  private static Exit run(List<Placed> entries, HostParts host, String script) throws Exception {
    var view = ProgramView.of(entries, host, USER);
    return ShellInView.start(view, USER, script).await();
  }

  /// Loads classes before a view is entered, in which their files do not exist. In production they
  /// are in jars, which are open already.
  @BeforeAll
  static void loadWhatFollows() throws Exception {
    var nothing =
        new Command(
            Path.of("/bin/true"), List.of("true"), Map.of(), Optional.empty(), Command.Input.EMPTY);
    var task =
        new FutureTask<>(
            () -> {
              ProgramUser.become(USER, Set.of());
              return Child.spawn(nothing);
            });
    Thread.ofPlatform().start(task);
    assertEquals(new Exit.Exited(0), task.get().await());
  }

  @Test
  void aFileInADirectoryTheMachineLacksIsThereForTheProgramOnly() throws Exception {
    var rootBefore = names(Path.of("/"));
    var mountsBefore = Files.readString(Path.of("/proc/self/mountinfo"));
    var entries = List.of(secret(NEW + "/x.key", "the key"));

    assertEquals(
        "the key/400 %d/755 0".formatted(USER.uid()),
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
                    new HostParts(List.of(), List.of(folder), List.of()),
                    "cat %s/x.key > %s.part && mv %s.part %s; while [ ! -e %s ]; do sleep 0.01; done"
                        .formatted(NEW, ready, ready, ready, done)));
    Thread.ofPlatform().start(program);
    Eventually.holds(
        () -> Files.exists(ready) || program.isDone(), () -> "the program does not come to it");
    assertEquals("the key", Files.readString(ready));
    assertFalse(Files.exists(Path.of(NEW)), "this process");
    // unshare(1) copies the mount namespace of this process.
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
  void aFolderOfTheMachineThatGetsANewFileStillShowsTheOthers() throws Exception {
    var real = Path.of("/usr/local");
    var before = names(real);
    var entries =
        List.of(secret(real + "/testudo-new", "placed"), new Placed.Link(real + "/a-link", "lib"));
    var script =
        """
        cd /usr/local; cat testudo-new; echo; readlink a-link; ls -A
        touch made lib/made 2>/dev/null && echo written
        rm -f testudo-new a-link 2>/dev/null && echo removed
        true
        """;
    var expected = new TreeSet<>(before);
    expected.addAll(List.of("testudo-new", "a-link"));
    var said = inView(entries, script).lines().toList();
    assertEquals(List.of("placed", "lib"), said.subList(0, 2));
    assertEquals(expected, new TreeSet<>(said.subList(2, said.size())));
    assertEquals(before, names(real), "nothing but what was there");
  }

  @Test
  void nothingIsPlacedAmongTheProgramsData() throws Exception {
    var entries = List.of(secret(folder + "/new", "placed"));
    var host = new HostParts(List.of(), List.of(folder), List.of());
    var view = ProgramView.of(entries, host, USER);
    var refused = assertThrows(ViewException.class, view::enter);
    assertEquals(
        ("`%1$s/new` cannot be placed in %1$s, which is a directory of the machine that the program"
                + " may write (`host_paths`); place it elsewhere")
            .formatted(folder),
        refused.getMessage());
    assertFalse(Files.exists(folder.resolve("new")));
  }

  @Test
  void ofTheMachineOnlyProgramsAndWhatIsNamedIsThere() throws Exception {
    var script =
        """
        ls -A / | tr '\\n' ' '; echo
        ls -A /var /etc/cron.d /etc/shadow /root /home /boot 2>/dev/null
        ls /dev | tr '\\n' ' '; echo
        """;
    var said = inView(List.of(), script).lines().toList();
    var top = Set.of(said.getFirst().split(" "));
    var allowed =
        Set.of(
            "bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "run", "sbin", "sys",
            "tmp", "usr", "var");
    assertTrue(allowed.containsAll(top), said::toString);
    assertEquals(List.of("/var:", "run", "tmp"), said.subList(1, 4), said::toString);
    assertEquals(
        "fd full null ptmx pts random shm stderr stdin stdout tty urandom zero ", said.getLast());
  }

  @Test
  void whatIsHiddenIsHiddenInAFolderThatIsNamedToo() throws Exception {
    var state = Files.createDirectory(folder.resolve("state"));
    Files.setAttribute(Files.writeString(state.resolve("seal.key"), "k"), "unix:mode", 0666);
    Files.setAttribute(state, "unix:mode", 0777);
    var launcher = Files.writeString(folder.resolve("launcher"), "k");
    var script =
        """
        cd %s; cat state/seal.key launcher 2>/dev/null; echo x > state/made
        umount state 2>/dev/null; cat state/seal.key 2>/dev/null; true
        """
            .formatted(folder);
    assertEquals("", inView(List.of(), List.of(state, launcher), script));
    assertEquals(Set.of("seal.key"), names(state));
  }

  @Test
  void theStateOfAMeshCannotBeNamed() throws Exception {
    var state = Files.createDirectory(folder.resolve("state")).toRealPath();
    var host = new HostParts(List.of(), List.of(state), List.of(state));
    assertThrows(ViewException.class, () -> ProgramView.of(List.of(), host, USER));
  }

  @Test
  void theProgramIsAUserOfItsOwnWithFoldersOfItsOwn() throws Exception {
    var script =
        """
        id -u; id -g; id -G; id -un; grep -h ^Cap /proc/self/status | sort -u -k 2 | wc -l
        for folder in /tmp /var/tmp /run /dev/shm; do echo x > $folder/made && stat -f -c %T $folder; done
        for folder in / /etc /usr /var /dev /proc/sys /sys; do touch $folder/made 2>/dev/null && echo $folder; done
        true
        """;
    var id = Integer.toString(USER.uid());
    assertEquals(
        List.of(id, id, id, "service", "1", "tmpfs", "tmpfs", "tmpfs", "tmpfs"),
        inView(List.of(), script).lines().toList());
    assertFalse(Files.exists(Path.of("/tmp/made")));
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

  private Path data() throws IOException {
    var data = Files.createDirectory(folder.resolve("data"));
    Files.setAttribute(data, "unix:mode", 0777);
    Files.writeString(data.resolve("old"), "from the machine\n");
    return data;
  }

  @Test
  void aMountIsWritableInAViewThatIsNot() throws Exception {
    var data = data();
    for (var place : List.of(NEW + "/a/data", "/usr/local/testudo-data", "/run/data", "/var/tmp")) {
      Files.deleteIfExists(data.resolve("made"));
      var script =
          """
          cd %1$s; cat old; echo kept > made
          for folder in .. /usr/local /etc; do touch $folder/x 2>/dev/null && echo $folder; done
          true
          """
              .formatted(place);
      try (var tree = Mounts.copy(data)) {
        var entries =
            List.of(
                new Placed.Mount(place, target -> Mounts.attach(tree, target)),
                plain("/usr/local/x-file", 0644, "x"));
        var said = inView(entries, script);
        // The directory above is the program's own there.
        var above = place.startsWith("/run") ? "..\n" : "";
        assertEquals("from the machine\n" + above, said, place);
      }
      assertEquals("kept\n", Files.readString(data.resolve("made")), place);
    }
    assertFalse(Files.exists(Path.of("/usr/local/testudo-data")));
  }

  @Test
  void aMountMayBeReadOnly() throws Exception {
    var data = data();
    var script = "cd %s/data; cat old; touch made 2>/dev/null && echo made; true".formatted(NEW);
    try (var tree = Mounts.copy(data)) {
      var mount =
          new Placed.Mount(
              NEW + "/data",
              target -> {
                Mounts.attach(tree, target);
                Mounts.makeHarmless(target);
              });
      assertEquals("from the machine\n", inView(List.of(mount), script));
    }
    assertEquals(Set.of("old"), names(data));
  }

  @Test
  void aMountHidesNothingOfTheMachineOrTheKernel() throws Exception {
    var host = new HostParts(List.of(), List.of(folder), List.of());
    try (var tree = Mounts.copy(data())) {
      for (var place :
          List.of(
              "/usr", "/proc", "/dev/new", Objects.requireNonNull(folder.getParent()).toString())) {
        var entries =
            List.<Placed>of(new Placed.Mount(place, target -> Mounts.attach(tree, target)));
        assertEquals(
            "a mount at `%s` would hide a part of this machine that programs see".formatted(place),
            assertThrows(ViewException.class, () -> ProgramView.of(entries, host, USER))
                .getMessage());
      }
    }
  }

  @Test
  void theProgramSeesItsProcessesAndDevices() throws Exception {
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
