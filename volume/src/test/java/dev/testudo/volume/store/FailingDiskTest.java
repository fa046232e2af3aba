package dev.testudo.volume.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.Suite;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Nothing is durable that a disk has failed to keep, and nobody is told otherwise.
@Timeout(30)
class FailingDiskTest {
  private static final VolumeShape SHAPE = new VolumeShape(Suite.AES_256_GCM, 4096);

  /// Chunks are written to their slots when 64 of them wait.
  private static final int TOGETHER = 64;

  private final MemoryBacking memory = new MemoryBacking();
  private final FailingBacking disk = new FailingBacking(memory);

  private static VolumeOptions options(boolean background) {
    return VolumeOptions.USUAL.with(
        new StoreTuning(
            (4 * TOGETHER) << 12,
            16 << 20,
            1 << 20,
            1 << 20,
            background,
            NonceLedger.OF_ALL_TESTS));
  }

  private WritableVolume create(boolean background) throws IOException {
    var key = Secret.taking(new byte[32]);
    return WritableVolume.open(disk, key, new Expected.New(), SHAPE, options(background));
  }

  private static byte[] chunk(int number) {
    var bytes = new byte[4096];
    bytes[0] = (byte) number;
    bytes[1] = 1;
    return bytes;
  }

  private static void write(WritableVolume volume, int number) throws IOException {
    volume.apply(new Changes().chunk(3, number, volume.write(chunk(number), 0)));
  }

  @Test
  void afterAFailedSyncNoSyncSucceeds() throws IOException {
    var volume = create(false);
    for (int i = 0; i < TOGETHER; i++) {
      write(volume, i);
    }
    var broken = new AtomicBoolean(true);
    disk.onSync(
        name -> {
          if (FailingBacking.isSegment(name) && broken.getAndSet(false)) {
            throw new IOException("Input/output error");
          }
        });
    assertThrows(IOException.class, volume::sync);
    var again = assertThrows(IOException.class, volume::sync);
    assertEquals(
        "the volume cannot be written since an earlier error: Input/output error",
        again.getMessage());
    assertThrows(IOException.class, () -> write(volume, 1));
    assertThrows(IOException.class, volume::checkpoint);
    assertThrows(IOException.class, volume::close);
  }

  @Test
  void peopleAreToldAlsoIfTheProgramWritesNoMore() throws Exception {
    var told = new CompletableFuture<IOException>();
    var listener =
        new DamageListener() {
          @Override
          public void damaged(VolumeException damage) {
            told.completeExceptionally(damage);
          }

          @Override
          public void failed(IOException reason) {
            told.complete(reason);
          }
        };
    var key = Secret.taking(new byte[32]);
    var volume =
        WritableVolume.open(disk, key, new Expected.New(), SHAPE, options(true).with(listener));
    disk.onSync(
        _ -> {
          throw new IOException("Input/output error");
        });
    write(volume, 0); // the timer commits it
    assertEquals("Input/output error", told.get().getMessage());
    volume.abandon();
  }

  /// The kernel tells an error of the disk once, here to the thread that writes ahead.
  @Test
  void aSyncFailsIfOneAheadOfItFailed() throws Exception {
    var volume = create(true);
    var failed = new CountDownLatch(1);
    disk.onSync(
        name -> {
          if (FailingBacking.isSegment(name)
              && Thread.currentThread().getName().equals("volume-flush")) {
            failed.countDown();
            throw new IOException("Input/output error");
          }
        });
    try {
      for (int i = 0; failed.getCount() > 0; i++) {
        write(volume, i);
      }
    } catch (IOException e) {
      assertEquals(0, failed.getCount(), e.toString());
    }
    failed.await();
    assertThrows(IOException.class, volume::sync);
    volume.abandon();
  }

  @Test
  void aCommitHasTheChunksThatAnotherThreadFailedToWrite() throws Exception {
    var volume = create(false);
    var key = Secret.taking(new byte[32]);
    write(volume, 0);
    var writing = new CountDownLatch(1);
    var fail = new CountDownLatch(1);
    var first = new AtomicBoolean(true);
    disk.onWrite(
        name -> {
          if (FailingBacking.isSegment(name) && first.getAndSet(false)) {
            writing.countDown();
            await(fail);
            throw new NoSpaceException("the disk is full for a moment");
          }
        });
    var failure = new AtomicReference<@Nullable Throwable>();
    var writer = start(failure, () -> writeMany(volume));
    writing.await();
    var syncer = start(failure, volume::sync);
    while (syncer.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    fail.countDown();
    syncer.join();
    writer.join();
    assertNull(failure.get());
    var position = volume.position();
    volume.abandon();
    try (var again =
        WritableVolume.open(memory, key, new Expected.Position(position), SHAPE, options(false))) {
      var read = new byte[4096];
      assertTrue(again.read(3, 0, read, 0));
      assertArrayEquals(chunk(0), read);
    }
  }

  private static void writeMany(WritableVolume volume) throws IOException {
    for (int i = 1; i < TOGETHER; i++) {
      volume.write(chunk(i), 0);
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /// A step that may fail.
  private interface Step {
    void run() throws IOException;
  }

  private static Thread start(AtomicReference<@Nullable Throwable> failure, Step step) {
    return Thread.ofPlatform()
        .start(
            () -> {
              try {
                step.run();
              } catch (IOException | RuntimeException e) {
                failure.set(e);
              }
            });
  }
}
