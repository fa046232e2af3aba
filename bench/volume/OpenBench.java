import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.file.FileOwner;
import dev.testudo.volume.file.FileSystem;
import dev.testudo.volume.file.Inode;
import dev.testudo.volume.file.KnownInode;
import dev.testudo.volume.file.WriteMode;
import dev.testudo.volume.store.DirectoryBacking;
import dev.testudo.volume.store.Expected;
import dev.testudo.volume.store.VolumeOptions;
import dev.testudo.volume.store.VolumeShape;
import dev.testudo.volume.store.WritableVolume;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Random;

/// Measures how long a volume with many files takes to open, after a clean end and after a crash,
/// and what it holds in memory then. Arguments: an empty directory, how many files.
final class OpenBench {
  private static final int CHANGES = 50_000;

  private final Path directory;
  private final byte[] content = new byte[VolumeShape.USUAL.chunkSize()];

  private WritableVolume store;

  private OpenBench(Path directory) {
    this.directory = directory;
    new Random(1).nextBytes(content);
  }

  public static void main(String[] words) throws IOException {
    var bench = new OpenBench(Path.of(words[0]));
    int files = Integer.parseInt(words[1]);
    var volume = bench.open("of a new volume", new Expected.New());
    long begin = System.nanoTime();
    bench.fill(volume, 0, files);
    say("%d files in %.0f s", files, seconds(begin));
    begin = System.nanoTime();
    volume.close();
    say("closed in %.2f s", seconds(begin));
    volume = bench.open("after a clean end", new Expected.Newest());
    begin = System.nanoTime();
    bench.fill(volume, files, files + CHANGES);
    volume.sync();
    say("%d more files in %.1f s, and then the process is killed", CHANGES, seconds(begin));
    bench.store.abandon();
    volume = bench.open("after a crash", new Expected.Newest());
    volume.close();
    bench.open("after a clean end, once more", new Expected.Newest()).close();
  }

  private static void say(String text, Object... values) {
    System.out.printf(Locale.ROOT, text + "%n", values);
  }

  private static double seconds(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }

  private FileSystem open(String when, Expected expected) throws IOException {
    long begin = System.nanoTime();
    try (var key = Secret.taking(new byte[32])) {
      var backing = DirectoryBacking.locked(directory);
      store =
          WritableVolume.open(backing, key, expected, VolumeShape.USUAL, VolumeOptions.USUAL);
      var files = FileSystem.open(store, InstantSource.system(), FileOwner.ROOT);
      files.lookup(KnownInode.ROOT, "directory-0".getBytes(US_ASCII));
      double taken = seconds(begin);
      var memory = Runtime.getRuntime();
      System.gc();
      say(
          "opened in %.2f s %s; heap %d MiB",
          taken, when, memory.totalMemory() - memory.freeMemory() >> 20);
      return files;
    }
  }

  private void fill(FileSystem volume, int from, int to) throws IOException {
    long directory = KnownInode.ROOT;
    for (int i = from; i < to; i++) {
      if (i == from || i % 1000 == 0) {
        directory = create(volume, KnownInode.ROOT, "directory-" + i, Inode.DIRECTORY | 0755);
      }
      long file = create(volume, directory, "file-" + i, Inode.FILE | 0644);
      volume.write(file, 0, content, 0, content.length, WriteMode.PLAIN);
    }
  }

  private static long create(FileSystem volume, long directory, String name, int mode)
      throws IOException {
    long number =
        volume.create(directory, name.getBytes(US_ASCII), mode, FileOwner.ROOT).number();
    volume.forget(number, 1);
    return number;
  }
}
