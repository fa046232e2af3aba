package dev.testudo.agent.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.trust.measure.ImageDescription;
import dev.testudo.trust.measure.RestrictedEntries;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountedOverTest {
  private static final ImageDescription IMAGE =
      new ImageDescription(
          "it", true, List.of(), List.of(Path.of("/data")), RestrictedEntries.NONE);

  private static String mount(String point) {
    return "36 35 98:0 /mnt1 %s rw,noatime master:1 - ext3 /dev/root rw".formatted(point);
  }

  private static List<String> in(String... points) {
    return MountedOver.in(List.of(points).stream().map(MountedOverTest::mount).toList(), IMAGE);
  }

  @Test
  void namesMountsOverTheImage() {
    assertEquals(
        List.of("/database", "/etc/passwd", "/opt/a b"),
        in("/opt/a\\040b", "/etc/passwd", "/database", "/etc/passwd"));
  }

  @Test
  void expectsTheMountsOfRuntimeAgentAndManifest() {
    assertEquals(
        List.of(),
        in("/", "/proc", "/sys/fs/cgroup", "/dev/shm", "/etc/hosts", "/run/token", "/data/x"));
    assertEquals(List.of(), in("/tmp", "/data", "/.testudo/lib"));
  }

  @Test
  void readsTheMountsOfThisMachine() throws Exception {
    MountedOver.image(IMAGE);
    assertEquals(List.of(), MountedOver.in(List.of("", "malformed"), IMAGE));
  }
}
