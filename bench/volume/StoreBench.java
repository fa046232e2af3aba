import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.format.Suite;
import dev.testudo.volume.format.TreeKey;
import dev.testudo.volume.store.Changes;
import dev.testudo.volume.store.DirectoryBacking;
import dev.testudo.volume.store.Expected;
import dev.testudo.volume.store.VolumeOptions;
import dev.testudo.volume.store.VolumeShape;
import dev.testudo.volume.store.WritableVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/// Measures the store of a volume without a file system: one thread, one line per pass, so that the
/// passes of a cold JVM show, too. Arguments: an empty directory, the size of a chunk, a suite.
final class StoreBench {
  private static final long BYTES = 256L << 20;
  private static final int TOGETHER = 64;
  private static final int OPERATIONS = 50_000;
  private static final int SYNCS = 1000;
  private static final int PASSES = 5;

  private final WritableVolume volume;
  private final Random random = new Random(1);
  private final byte[] chunk;
  private final int chunks;

  private StoreBench(WritableVolume volume) {
    this.volume = volume;
    this.chunk = new byte[volume.chunkSize()];
    this.chunks = (int) (BYTES / chunk.length);
    random.nextBytes(chunk);
  }

  private interface Work {
    void run() throws IOException;
  }

  private static double seconds(Work work) throws IOException {
    long begin = System.nanoTime();
    work.run();
    return (System.nanoTime() - begin) / 1e9;
  }

  public static void main(String[] words) throws IOException {
    var directory = Path.of(words[0]);
    var suite = Suite.of(Integer.parseInt(words[2])).orElseThrow();
    var shape = new VolumeShape(suite, Integer.parseInt(words[1]));
    var key = Secret.taking(new byte[32]);
    try (var volume = open(directory, key, new Expected.New(), shape)) {
      var bench = new StoreBench(volume);
      for (int pass = 1; pass <= PASSES; pass++) {
        bench.pass(pass);
      }
    }
    double open = seconds(() -> open(directory, key, new Expected.Newest(), shape).close());
    System.out.printf(Locale.ROOT, "open and close: %.0f ms%n", open * 1000);
    try (var files = Files.list(directory)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  private static WritableVolume open(
      Path directory, Secret key, Expected expected, VolumeShape shape) throws IOException {
    var backing = DirectoryBacking.locked(directory);
    return WritableVolume.open(backing, key, expected, shape, VolumeOptions.USUAL);
  }

  private void pass(int number) throws IOException {
    double write = BYTES / seconds(this::write) / (1 << 20);
    double read = BYTES / seconds(this::read) / (1 << 20);
    double randomRead = OPERATIONS / seconds(this::readRandomly);
    double randomWrite = OPERATIONS / seconds(this::writeRandomly);
    double create = OPERATIONS / seconds(() -> create(number));
    double sync = SYNCS / seconds(this::sync);
    System.out.printf(
        Locale.ROOT,
        "pass %d: write %.0f MiB/s, read %.0f MiB/s, random read %.0f/s, random write %.0f/s,"
            + " create %.0f/s, sync %.0f/s%n",
        number,
        write,
        read,
        randomRead,
        randomWrite,
        create,
        sync);
  }

  private void write() throws IOException {
    for (int from = 0; from < chunks; from += TOGETHER) {
      var changes = new Changes();
      for (int i = from; i < from + TOGETHER; i++) {
        changes.chunk(2, i, volume.write(chunk, 0));
      }
      volume.apply(changes);
    }
    volume.sync();
  }

  private void read() throws IOException {
    var into = new byte[chunk.length];
    for (int i = 0; i < chunks; i++) {
      volume.read(2, i, into, 0);
    }
  }

  private void readRandomly() throws IOException {
    var into = new byte[chunk.length];
    for (int i = 0; i < OPERATIONS; i++) {
      volume.read(2, random.nextInt(chunks), into, 0);
    }
  }

  private void writeRandomly() throws IOException {
    for (int i = 0; i < OPERATIONS; i++) {
      var written = volume.write(chunk, 0);
      volume.apply(new Changes().chunk(2, random.nextInt(chunks), written));
    }
    volume.sync();
  }

  /// Three entries for each file: its name, its inode, and the inode of its directory.
  private void create(int pass) throws IOException {
    for (int i = 0; i < OPERATIONS; i++) {
      long inode = 10L + i + (long) pass * OPERATIONS;
      volume.apply(
          new Changes()
              .put(TreeKey.name(3, Long.toString(inode).getBytes(US_ASCII)), new byte[16])
              .put(TreeKey.of(inode, TreeKey.Kind.INODE), new byte[80])
              .put(TreeKey.of(3, TreeKey.Kind.INODE), new byte[80]));
    }
  }

  private void sync() throws IOException {
    for (int i = 0; i < SYNCS; i++) {
      var written = volume.write(chunk, 0);
      volume.apply(
          new Changes()
              .chunk(2, random.nextInt(chunks), written)
              .put(TreeKey.of(2, TreeKey.Kind.INODE), new byte[80]));
      volume.sync();
    }
  }
}
