package dev.testudo.volume.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.format.Suite;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import org.junit.jupiter.api.Test;

/// A volume of which CAS has recorded nothing for long, so that all its journals are still there.
class LongHistoryTest {
  private static final VolumeShape SHAPE = new VolumeShape(Suite.AES_256_GCM, 4096);
  private static final int JOURNALS = 10;
  private static final int COMMITS = 20;

  private static final StoreTuning TUNING =
      new StoreTuning(1 << 20, 16 << 20, 1 << 20, 1 << 20, false, NonceLedger.OF_ALL_TESTS);

  /// CAS that does not answer, and nobody waits for it.
  private static final Acknowledgements SILENT =
      new Acknowledgements() {
        @Override
        public void durable(VolumePosition position) {}

        @Override
        public void await(long sequence) {}

        @Override
        public long acknowledged() {
          return 0;
        }

        @Override
        public void requireWritable() {}
      };

  private static Secret key() {
    return Secret.taking(new byte[32]);
  }

  private static byte[] chunk(int number) {
    var bytes = new byte[4096];
    bytes[0] = (byte) number;
    bytes[1] = (byte) (number >>> 8);
    bytes[2] = 1;
    return bytes;
  }

  /// Returns the first record of the mount, after many others.
  private static VolumePosition write(MemoryBacking backing) throws IOException {
    var options = VolumeOptions.USUAL.with(TUNING).with(1, SILENT);
    var volume = WritableVolume.open(backing, key(), new Expected.New(), SHAPE, options);
    var first = volume.position();
    for (int i = 0; i < JOURNALS * COMMITS; i++) {
      volume.apply(new Changes().chunk(3, i, volume.write(chunk(i), 0)));
      volume.sync();
      if (i % COMMITS == COMMITS - 1) {
        volume.checkpoint();
      }
    }
    volume.abandon();
    return first;
  }

  @Test
  void onlyWhatIsInNoSlotNeedsMemory() throws IOException {
    var backing = new MemoryBacking();
    var first = write(backing);
    var options = VolumeOptions.USUAL.with(TUNING);
    try (var recovered =
        RecoveredVolume.read(backing, key(), new Expected.Position(first), options)) {
      assertEquals(0, recovered.pending().bytes());
    }
    assertWhole(backing, first);
  }

  @Test
  void whatIsInNoSlotIsTakenFromTheJournals() throws IOException {
    var backing = new MemoryBacking();
    var first = write(backing);
    var files = new HashMap<>(backing.snapshot());
    // The head and the tree of the empty volume stay.
    files.replaceAll(
        (name, bytes) ->
            name.contains(".s")
                ? Arrays.copyOf(Arrays.copyOf(bytes, 2 << 12), bytes.length)
                : bytes);
    assertWhole(MemoryBacking.of(files), first);
  }

  private static void assertWhole(MemoryBacking backing, VolumePosition first) throws IOException {
    var options = VolumeOptions.USUAL.with(TUNING);
    try (var volume =
        WritableVolume.open(backing, key(), new Expected.Position(first), SHAPE, options)) {
      var read = new byte[4096];
      for (int i = 0; i < JOURNALS * COMMITS; i++) {
        assertTrue(volume.read(3, i, read, 0));
        assertArrayEquals(chunk(i), read);
      }
    }
  }
}
