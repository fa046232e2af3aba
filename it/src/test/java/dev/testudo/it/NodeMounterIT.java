package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a container gets from a node mounter that asks for too much. Runs as root.
@Timeout(300)
class NodeMounterIT {
  private static final Path HOSTILE =
      Command.ROOT.resolve("it/src/test/resources/node-mounter/hostile.py");

  private static final String PYTHON = "/usr/bin/python3";

  @TempDir private Path work;
  private RunningMounter mounter;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    mounter = RunningMounter.start(work.resolve("node"), "/mnt");
    Command.run("chmod", "-R", "a+rX", work.toString());
  }

  @AfterEach
  void stop() throws IOException {
    mounter.close();
  }

  @Test
  void aCallerGetsNothingButAMountWhereItMay() {
    var script =
        "mount -t tmpfs -o mode=777 x /mnt && mkdir -m 755 /mnt/root"
            + " && setpriv --reuid 12345 --regid 12345 --clear-groups %s %s %s"
                .formatted(PYTHON, HOSTILE, mounter.socket())
            + " && sleep 1 && grep fuse.testudo /proc/self/mounts || echo none is left";
    var ended =
        Command.run(
            Map.of(),
            List.of("unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", script));
    assertEquals(0, ended.exit(), ended::all);
    var place = " is not below the directories in which this node mounts volumes";
    assertEquals(
        List.of(
            "garbage: the request is malformed",
            "other place: /etc" + place,
            "parent: the request is malformed",
            "relative: the request is malformed",
            "link: openat2 mnt/link: ELOOP",
            "of root: the directory /mnt/root belongs neither to user 12345 nor to everybody",
            "nothing: openat2 mnt/nothing: ENOENT",
            "options: the request is malformed",
            "devices: the request is malformed",
            "transfer: the request is malformed",
            "beside idle ones: mounted",
            "too many: the container has 16 mounts",
            "afterwards: mounted",
            "none is left"),
        ended.out().lines().toList(),
        () -> ended.all() + mounter.said());
  }

  @Test
  void aProcessOfTheNodeIsNoContainer() {
    var request =
        "import socket,sys;s=socket.socket(socket.AF_UNIX,socket.SOCK_SEQPACKET);"
            + "s.connect(sys.argv[1]);s.send(b'testudo-mount-1\\0x\\0/mnt\\0001\\0004096');"
            + "print(s.recv(999).decode())";
    var ended = Command.run(PYTHON, "-c", request, mounter.socket().toString());
    assertEquals("the caller is in no container, or has ended", ended.out().strip(), ended::all);
    assertFalse(mounts().contains("fuse.testudo /mnt"), NodeMounterIT::mounts);
    assertTrue(mounter.process().isAlive());
  }

  private static String mounts() {
    return Command.run("cat", "/proc/self/mounts").out();
  }
}
