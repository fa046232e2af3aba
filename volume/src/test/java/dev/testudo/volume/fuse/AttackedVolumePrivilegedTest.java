package dev.testudo.volume.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Somebody changes the stored files of a volume that is mounted. Needs root.
@Timeout(300)
class AttackedVolumePrivilegedTest {
  private static final int CHUNK = 8192;

  /// Each file has bytes of its own, and the script counts those that cannot be read.
  private static final String SCRIPT =
      """
      import hashlib
      def content(name): return hashlib.shake_128(name.encode()).digest(100000)
      names = ['f%d' % i for i in range(30)]
      """;

  private static final String READ =
      """
      bad = 0
      for name in names:
        try:
          assert open(name, 'rb').read() == content(name), name
        except OSError as e:
          assert e.errno == errno.EIO
          bad += 1
      print(bad)
      """;

  @TempDir private Path folder;

  private OnVolume mount() throws Exception {
    return new OnVolume(folder, DiskStore.open(folder.resolve("stored")));
  }

  @Test
  void aProgramReadsRightBytesOrNoneOfWhatIsChangedBelowIt() throws Exception {
    try (var volume = mount()) {
      volume.python(SCRIPT + "for name in names: open(name, 'wb').write(content(name))");
      volume.python("os.sync()");
    }
    try (var volume = mount()) {
      volume.sh("ls -l");
      int changed = changeEverySecondSlot();
      assertTrue(changed > 100, () -> "only " + changed);
      int bad = Integer.parseInt(volume.python(SCRIPT + READ));
      assertTrue(bad > 0);
      assertFalse(volume.failures.isEmpty());
      // Everything else goes on.
      assertEquals("new", volume.sh("echo new > new; sync new; cat new"));
      volume.failures.clear();
    }
  }

  /// Turns a bit in every second slot. Returns how many slots that were.
  private int changeEverySecondSlot() throws IOException {
    int changed = 0;
    try (var files = Files.list(folder.resolve("stored"))) {
      for (var file : files.filter(path -> path.toString().contains(".s")).toList()) {
        try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
          for (long at = CHUNK + 100; at < bytes.length(); at += 2 * CHUNK) {
            bytes.seek(at);
            int before = bytes.read();
            bytes.seek(at);
            bytes.write(before ^ 1);
            changed++;
          }
        }
      }
    }
    return changed;
  }
}
