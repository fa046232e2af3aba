package dev.testudo.volume.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeException.Kind;
import dev.testudo.volume.format.Suite;
import dev.testudo.volume.format.TreeKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a volume that programs write keeps, and what it does with its space.
class WritableVolumeTest {
  private static final StoreTuning SMALL =
      new StoreTuning(64 << 12, 64 << 10, 64 << 10, 64 << 10, false, NonceLedger.OF_ALL_TESTS);
  private static final VolumeOptions OPTIONS = VolumeOptions.USUAL.with(SMALL);
  private static final VolumeShape SHAPE = new VolumeShape(Suite.AES_256_GCM, 4096);

  private static Secret key() {
    return Secret.taking(new byte[32]);
  }

  private static WritableVolume create(Backing backing, VolumeShape shape, VolumeOptions options)
      throws IOException {
    return WritableVolume.open(backing, key(), new Expected.New(), shape, options);
  }

  private static WritableVolume open(Backing backing, Expected expected) throws IOException {
    return WritableVolume.open(backing, key(), expected, SHAPE, OPTIONS);
  }

  private static TreeKey name(String name) {
    return TreeKey.name(1, name.getBytes(StandardCharsets.US_ASCII));
  }

  @ParameterizedTest
  @EnumSource
  void whatWasChangedIsThereAfterEachKindOfEnd(Suite suite) throws IOException {
    var random = new Random(7);
    var backing = new MemoryBacking();
    var model = new VolumeModel();
    var volume = create(backing, new VolumeShape(suite, 4096), OPTIONS);
    for (int mount = 0; mount < 8; mount++) {
      for (int i = 0; i < 300; i++) {
        model.change(volume, random);
        if (random.nextInt(20) == 0) {
          volume.sync();
        }
      }
      model.verify(volume);
      volume.sync();
      var position = volume.position();
      if (mount % 2 == 0) {
        volume.abandon();
      } else {
        volume.close();
      }
      volume = open(backing, new Expected.Position(position));
      model.verify(volume);
    }
    volume.close();
  }

  @Test
  void aDirectoryHoldsAVolume(@TempDir Path directory) throws IOException {
    var content = new byte[8192];
    new Random(1).nextBytes(content);
    var options = VolumeOptions.USUAL;
    try (var volume =
        WritableVolume.open(
            DirectoryBacking.locked(directory),
            key(),
            new Expected.New(),
            VolumeShape.USUAL,
            options)) {
      volume.apply(
          new Changes().put(name("a"), new byte[] {1}).chunk(1, 1000, volume.write(content, 0)));
      volume.sync();
      var e = assertThrows(VolumeException.class, () -> DirectoryBacking.locked(directory));
      assertEquals(Kind.IN_USE, e.kind());
    }
    try (var volume =
        WritableVolume.open(
            DirectoryBacking.locked(directory),
            key(),
            new Expected.Newest(),
            VolumeShape.USUAL,
            options)) {
      var read = new byte[8192];
      assertTrue(volume.read(1, 1000, read, 0));
      assertArrayEquals(content, read);
      assertFalse(volume.read(1, 999, read, 0));
      assertEquals(OptionalLong.of(1000), volume.nextChunk(1, 0, Long.MAX_VALUE));
      assertEquals(1, volume.chunks(1));
      assertArrayEquals(new byte[] {1}, volume.get(name("a")).orElseThrow());
    }
  }

  @Test
  void aFullVolumeCanBeEmptiedAndFilledAgain() throws IOException {
    var options = OPTIONS.with(OptionalLong.of(4 << 20));
    var backing = new MemoryBacking();
    try (var volume = create(backing, SHAPE, options)) {
      for (int round = 0; round < 3; round++) {
        int count = fill(volume);
        assertTrue(count > 700, "the volume had space for %d chunks".formatted(count));
        assertTrue(volume.space().free() < 4096);
        var full =
            assertThrows(
                NoSpaceException.class,
                () -> volume.apply(new Changes().put(name("more"), new byte[100])));
        assertTrue(volume.get(name("more")).isEmpty(), full::toString);
        volume.apply(new Changes().dropChunks(1, 0, Long.MAX_VALUE));
        assertEquals(0, volume.chunks(1));
      }
      volume.sync();
      assertTrue(backing.used() < 10 << 20, "the space was not used again");
    }
  }

  @Test
  void slotsThatWaitForCasAreWaitedForBeforeTheVolumeIsFull() throws IOException {
    var cas = new SlowCas();
    var backing = new MemoryBacking();
    backing.setCapacity(8 << 20);
    try (var volume = create(backing, SHAPE, OPTIONS.with(1, cas))) {
      int count = fill(volume);
      volume.apply(new Changes().dropChunks(1, 0, Long.MAX_VALUE));
      long before = cas.known;
      assertTrue(fill(volume) > count / 2, "there was no space for as many chunks as before");
      assertTrue(cas.known > before);
    }
  }

  /// A CAS that learns of a state only when somebody waits for that.
  private static final class SlowCas implements Acknowledgements {
    private long known;

    @Override
    public void durable(VolumePosition position) {
      // It is told later.
    }

    @Override
    public void await(long sequence) {
      // The policy permits to go on.
    }

    @Override
    public void awaitRecorded(long sequence) {
      known = sequence;
    }

    @Override
    public long acknowledged() {
      return known;
    }

    @Override
    public void requireWritable() {
      // The lease is valid.
    }
  }

  private static int fill(WritableVolume volume) throws IOException {
    var content = new byte[4096];
    int count = 0;
    while (true) {
      try {
        volume.apply(new Changes().chunk(1, count, volume.write(content, 0)));
        count++;
      } catch (NoSpaceException _) {
        return count;
      }
    }
  }

  @Test
  void aFullDiskIsSurvivedAtEachAllocation() throws IOException {
    for (long capacity = 256 << 10; capacity < 2 << 20; capacity += 70_000) {
      var backing = new MemoryBacking();
      backing.setCapacity(capacity);
      var model = new VolumeModel();
      WritableVolume volume;
      try {
        volume = create(backing, SHAPE, OPTIONS);
      } catch (NoSpaceException _) {
        continue;
      }
      var random = new Random(capacity);
      for (int i = 0; i < 400; i++) {
        try {
          model.change(volume, random);
          if (i % 10 == 0) {
            volume.sync();
          }
        } catch (NoSpaceException _) {
          model.verify(volume);
        }
      }
      model.verify(volume);
      backing.setCapacity(16 << 20);
      volume.sync();
      volume.close();
      var again = open(backing, new Expected.Newest());
      model.verify(again);
      again.abandon();
    }
  }

  @Test
  void segmentsWithoutContentAreRemoved() throws IOException {
    var backing = new MemoryBacking();
    var volume = create(backing, SHAPE, OPTIONS);
    var content = new byte[4096];
    for (int i = 0; i < 1000; i++) {
      volume.apply(new Changes().chunk(1, i, volume.write(content, 0)));
    }
    volume.close();
    long full = backing.used();
    volume = open(backing, new Expected.Newest());
    volume.apply(new Changes().dropChunks(1, 0, Long.MAX_VALUE));
    for (int i = 0; i < 4; i++) {
      volume.apply(new Changes().put(name("n"), new byte[] {(byte) i}));
      volume.sync();
      volume.checkpoint();
    }
    volume.close();
    assertTrue(backing.used() < full / 4, "%d of %d".formatted(backing.used(), full));
  }

  @Test
  void whatManyMountsHaveLeftIsCopiedTogether() throws IOException {
    var backing = new MemoryBacking();
    var model = new VolumeModel();
    var random = new Random(5);
    create(backing, SHAPE, OPTIONS).close();
    for (int mount = 0; mount < 30; mount++) {
      var volume = open(backing, new Expected.Newest());
      model.change(volume, random);
      volume.close();
    }
    long before = backing.names().size();
    var volume = open(backing, new Expected.Newest());
    for (int i = 0; i < 4; i++) {
      volume.compact();
      volume.sync();
      volume.apply(new Changes().put(name("n"), new byte[] {(byte) i}));
      volume.checkpoint();
      volume.apply(new Changes().delete(name("n")));
    }
    volume.sync();
    model.verify(volume);
    volume.close();
    assertTrue(
        backing.names().size() < before / 2,
        "%d files of %d".formatted(backing.names().size(), before));
    volume = open(backing, new Expected.Newest());
    model.verify(volume);
    volume.close();
  }

  @Test
  void threadsReadWhatTheyHaveWritten() throws Exception {
    var backing = new MemoryBacking();
    var tuning = new StoreTuning(1 << 20, 1 << 20, 1 << 20, 1 << 20, true, SMALL.ledger());
    var volume = create(backing, SHAPE, OPTIONS.with(tuning));
    var threads = new ArrayList<Thread>();
    var failures = new ConcurrentLinkedQueue<Throwable>();
    for (int number = 1; number <= 8; number++) {
      long inode = number;
      threads.add(
          Thread.ofPlatform()
              .uncaughtExceptionHandler((_, e) -> failures.add(e))
              .start(() -> writeAndRead(volume, inode)));
    }
    for (var thread : threads) {
      thread.join();
    }
    assertTrue(failures.isEmpty(), failures::toString);
    assertEquals(0, volume.statistics().damages());
    volume.close();
  }

  @Test
  void thoseWhoSyncAtTheSameTimeShareACommit() throws Exception {
    var backing = new MemoryBacking();
    var volume = create(backing, SHAPE, OPTIONS);
    for (int i = 0; i < 5; i++) {
      volume.apply(new Changes().put(name("n" + i), new byte[10]));
    }
    volume.sync();
    long before = volume.statistics().commits();
    var gate = new CountDownLatch(1);
    backing.beforeCall(() -> awaitQuietly(gate)); // the first commit waits for the disk
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 5; i++) {
      var name = name("n" + i);
      threads.add(Thread.ofPlatform().start(() -> shrinkAndSync(volume, name)));
      while (volume.get(name).orElseThrow().length > 1) {
        Thread.sleep(1);
      }
    }
    gate.countDown();
    for (var thread : threads) {
      thread.join();
    }
    assertTrue(volume.statistics().commits() - before <= 2);
    volume.close();
  }

  private static void awaitQuietly(CountDownLatch gate) {
    try {
      assertTrue(gate.await(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void shrinkAndSync(WritableVolume volume, TreeKey name) {
    try {
      volume.apply(new Changes().put(name, new byte[1]));
      volume.sync();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writeAndRead(WritableVolume volume, long inode) {
    try {
      var content = new byte[4096];
      var read = new byte[4096];
      for (int i = 0; i < 50; i++) {
        Arrays.fill(content, (byte) (inode + i));
        volume.apply(new Changes().chunk(inode, i % 7, volume.write(content, 0)));
        volume.sync();
        assertTrue(volume.read(inode, i % 7, read, 0));
        assertArrayEquals(content, read);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void slotsAreUsedAgainOnlyWhenCasKnows() throws IOException {
    var known = new AtomicReference<>(VolumePosition.NONE);
    var acknowledgements =
        new Acknowledgements() {
          @Override
          public void durable(VolumePosition position) {
            // CAS is away.
          }

          @Override
          public void await(long sequence) {
            // The test asks for no promise.
          }

          @Override
          public long acknowledged() {
            return known.get().sequence();
          }

          @Override
          public void requireWritable() {
            // The lease is valid.
          }
        };
    var backing = new MemoryBacking();
    var volume = create(backing, SHAPE, OPTIONS.with(1, acknowledgements));
    known.set(volume.position());
    var first = new byte[4096];
    Arrays.fill(first, (byte) 1);
    for (int i = 0; i < 100; i++) {
      volume.apply(new Changes().chunk(1, i, volume.write(first, 0)));
    }
    volume.sync();
    var old = volume.position();
    var before = backing.snapshot();
    known.set(old);
    for (int round = 2; round < 6; round++) {
      var content = new byte[4096];
      Arrays.fill(content, (byte) round);
      for (int i = 0; i < 100; i++) {
        volume.apply(new Changes().chunk(1, i, volume.write(content, 0)));
      }
      volume.sync();
      volume.checkpoint();
    }
    isStillThere(old, before, backing.snapshot(), first);
    long used = backing.used();
    known.set(volume.position());
    for (int round = 0; round < 6; round++) {
      for (int i = 0; i < 100; i++) {
        volume.apply(new Changes().chunk(1, i, volume.write(first, 0)));
      }
      volume.sync();
      known.set(volume.position());
    }
    assertTrue(backing.used() < used + (1 << 20), "slots were not used again");
    volume.close();
  }

  /// Everything that CAS's state names is still there, also for who finds no later record.
  private static void isStillThere(
      VolumePosition old, Map<String, byte[]> before, Map<String, byte[]> files, byte[] first)
      throws IOException {
    files.keySet().removeIf(file -> file.contains(".j"));
    before.forEach(files::putIfAbsent);
    var found =
        ReadableVolume.open(
            MemoryBacking.of(files), key(), new Expected.Position(old), DamageListener.NONE);
    assertEquals(old, found.position());
    var read = new byte[4096];
    for (int i = 0; i < 100; i++) {
      assertTrue(found.read(1, i, read, 0));
      assertArrayEquals(first, read);
    }
    found.close();
  }
}
