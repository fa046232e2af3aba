package dev.testudo.volume.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeException.Kind;
import dev.testudo.volume.VolumeTag;
import dev.testudo.volume.format.TreeKey;
import dev.testudo.volume.format.VolumeHeader;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is opened, by what CAS has and what the directory has. A refusal changes nothing.
class VerdictTest {
  private static final VolumeOptions OPTIONS =
      VolumeOptions.USUAL.with(
          new StoreTuning(64 << 12, 64 << 10, 64 << 10, 64 << 10, false, NonceLedger.OF_ALL_TESTS));
  private static final VolumeShape SHAPE =
      new VolumeShape(dev.testudo.volume.format.Suite.AES_256_GCM, 4096);
  private static final TreeKey KEY = TreeKey.name(1, new byte[] {'k'});

  private final MemoryBacking backing = new MemoryBacking();

  private static Secret key(int number) {
    var bytes = new byte[32];
    Arrays.fill(bytes, (byte) number);
    return Secret.taking(bytes);
  }

  private static WritableVolume open(Backing backing, Expected expected, long fence)
      throws IOException {
    var options = OPTIONS.with(fence, Acknowledgements.DISK);
    return WritableVolume.open(backing, key(1), expected, SHAPE, options);
  }

  /// Writes a value, and returns the state.
  private static VolumePosition write(WritableVolume volume, int value) throws IOException {
    volume.apply(
        new Changes()
            .put(KEY, new byte[] {(byte) value})
            .chunk(2, 0, volume.write(new byte[4096], 0)));
    volume.sync();
    return volume.position();
  }

  private static int value(WritableVolume volume) throws IOException {
    return volume.get(KEY).orElseThrow()[0];
  }

  private static void refused(Kind kind, Map<String, byte[]> files, Expected expected) {
    var disk = MemoryBacking.of(files);
    var e = assertThrows(VolumeException.class, () -> open(disk, expected, 2));
    assertEquals(kind, e.kind(), e::toString);
    var after = disk.snapshot();
    assertEquals(files.keySet(), after.keySet());
    files.forEach((name, bytes) -> assertTrue(Arrays.equals(bytes, after.get(name)), name));
  }

  private static Expected at(VolumePosition position) {
    return new Expected.Position(position);
  }

  @Test
  void nothingAndNothingIsCreated() throws IOException {
    try (var volume = open(backing, new Expected.New(), 1)) {
      assertEquals(0, volume.continued().sequence());
      assertEquals(2, volume.position().sequence());
    }
  }

  @Test
  void somethingThatCasHasNeverSeenIsNotOverwritten() throws IOException {
    refused(Kind.NOT_EMPTY, Map.of("my-file", new byte[1]), new Expected.New());
    var volume = open(backing, new Expected.New(), 1);
    write(volume, 1);
    volume.close();
    refused(Kind.NOT_EMPTY, backing.snapshot(), new Expected.New());
  }

  @Test
  void whatAnInterruptedCreationHasLeftIsRemoved() throws IOException {
    open(backing, new Expected.New(), 1).abandon();
    var volume = open(backing, new Expected.New(), 1);
    assertEquals(0, volume.continued().sequence());
    volume.close();
  }

  @Test
  void theRecordBeforeTheFirstOneIsTheStateOfNoVolume() throws IOException {
    var volume = open(backing, new Expected.New(), 1);
    write(volume, 1);
    volume.abandon();
    var files = backing.snapshot();
    refused(Kind.OTHER_HISTORY, files, new Expected.State(VolumePosition.NONE.tag()));
    refused(Kind.OTHER_HISTORY, files, at(VolumePosition.NONE));
  }

  @Test
  void theStateOfCasAndLaterOnesAreAccepted() throws IOException {
    var volume = open(backing, new Expected.New(), 1);
    var first = write(volume, 1);
    var second = write(volume, 2);
    volume.abandon();
    for (var position : new VolumePosition[] {first, second}) {
      var again = open(MemoryBacking.of(backing.snapshot()), at(position), 2);
      assertEquals(second, again.continued());
      assertEquals(2, value(again));
      again.abandon();
    }
  }

  @Test
  void anOlderStateIsRefused() throws IOException {
    var volume = open(backing, new Expected.New(), 1);
    write(volume, 1);
    var snapshot = backing.snapshot();
    var second = write(volume, 2);
    refused(Kind.ROLLED_BACK, snapshot, at(second));
    volume.checkpoint();
    var third = write(volume, 3);
    refused(Kind.ROLLED_BACK, snapshot, at(third));
    volume.close();
    refused(Kind.ROLLED_BACK, snapshot, at(volume.position()));
  }

  @Test
  void anotherHistoryIsRefused() throws IOException {
    var volume = open(backing, new Expected.New(), 1);
    var common = write(volume, 1);
    volume.abandon();
    var fork = MemoryBacking.of(backing.snapshot());
    var one = open(backing, at(common), 2);
    var known = write(one, 2);
    one.abandon();
    var other = open(fork, at(common), 2);
    write(other, 3);
    write(other, 4);
    other.abandon();
    refused(Kind.OTHER_HISTORY, fork.snapshot(), at(known));
    // Both histories in one directory: that of CAS counts.
    var both = new TreeMap<>(fork.snapshot());
    both.putAll(backing.snapshot());
    var again = open(MemoryBacking.of(both), at(known), 3);
    assertEquals(2, value(again));
    again.abandon();
  }

  @Test
  void aDamagedRecordIsRefused() throws IOException {
    var volume = open(backing, new Expected.New(), 1);
    write(volume, 1);
    var second = write(volume, 2);
    volume.abandon();
    var files = backing.snapshot();
    var journal = files.keySet().stream().filter(name -> name.contains(".j")).findFirst();
    var bytes = Objects.requireNonNull(files.get(journal.orElseThrow()));
    bytes[lastByte(bytes)] ^= 1;
    refused(Kind.DAMAGED, files, at(second));
  }

  private static int lastByte(byte[] bytes) {
    int at = bytes.length - 1;
    while (bytes[at] == 0) {
      at--;
    }
    return at;
  }

  @Test
  void nothingWhereCasHasSeenAVolumeIsRefused() throws IOException {
    var volume = open(backing, new Expected.New(), 1);
    volume.close();
    refused(Kind.GONE, Map.of(), at(volume.position()));
    refused(Kind.GONE, Map.of("lost+found", new byte[0]), at(volume.position()));
    refused(Kind.MISSING, Map.of(), new Expected.Newest());
  }

  @Test
  void anotherKeyIsToldFromDamage() throws IOException {
    open(backing, new Expected.New(), 1).close();
    var e =
        assertThrows(
            VolumeException.class,
            () -> WritableVolume.open(backing, key(2), new Expected.Newest(), SHAPE, OPTIONS));
    assertEquals(Kind.WRONG_KEY, e.kind());
    var files = backing.snapshot();
    Objects.requireNonNull(files.get(VolumeHeader.FILE))[100] ^= 1;
    refused(Kind.DAMAGED, files, new Expected.Newest());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2})
  void theLaterMountCounts(long fence) throws IOException {
    var volume = open(backing, new Expected.New(), 0);
    var common = write(volume, 1);
    // The lease has ended, and another mount goes on; the first one has not noticed yet.
    var files = MemoryBacking.of(backing.snapshot());
    var successor = open(files, at(common), fence);
    write(successor, 2);
    for (int i = 0; i < 5; i++) {
      write(volume, 9);
    }
    successor.abandon();
    volume.abandon();
    var both = new TreeMap<>(files.snapshot());
    backing.snapshot().forEach((name, bytes) -> both.merge(name, bytes, (a, b) -> b));
    for (var expected : new Expected[] {at(common), new Expected.Newest()}) {
      var again = open(MemoryBacking.of(both), expected, fence);
      assertEquals(2, value(again));
      again.abandon();
    }
  }

  @Test
  void aTagThatNobodyWroteIsRefused() throws IOException {
    var volume = open(backing, new Expected.New(), 1);
    write(volume, 1);
    volume.close();
    var other = new VolumePosition(volume.position().sequence(), VolumeTag.of(new byte[16]));
    refused(Kind.OTHER_HISTORY, backing.snapshot(), at(other));
  }
}
