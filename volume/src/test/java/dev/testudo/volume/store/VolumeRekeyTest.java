package dev.testudo.volume.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeException.Kind;
import dev.testudo.volume.format.Suite;
import dev.testudo.volume.format.VolumeHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A volume gets another key, whatever happens meanwhile.
class VolumeRekeyTest {
  private static final int CHUNK = 4096;

  private final NonceLedger ledger = new NonceLedger();
  private final StoreTuning tuning =
      new StoreTuning(16 << 12, 32 << 10, 64 << 10, 48 << 10, false, ledger);
  private final VolumeModel model = new VolumeModel();

  private static Secret key(int number) {
    var bytes = new byte[32];
    Arrays.fill(bytes, (byte) number);
    return Secret.taking(bytes);
  }

  private static Secret oldKey() {
    return key(1);
  }

  private static Secret newKey() {
    return key(2);
  }

  private WritableVolume open(Backing disk, Secret key, Expected expected, Suite suite)
      throws IOException {
    return WritableVolume.open(
        disk, key, expected, new VolumeShape(suite, CHUNK), VolumeOptions.USUAL.with(tuning));
  }

  /// A volume of two mounts, the second of which has crashed.
  private Map<String, byte[]> volume(Suite suite, int changes) throws IOException {
    var disk = new MemoryBacking();
    change(disk, new Expected.New(), suite, changes).close();
    change(disk, new Expected.Newest(), suite, changes).abandon();
    return disk.snapshot();
  }

  private WritableVolume change(MemoryBacking disk, Expected expected, Suite suite, int changes)
      throws IOException {
    var random = new Random(changes);
    var volume = open(disk, oldKey(), expected, suite);
    for (int i = 0; i < changes; i++) {
      model.change(volume, random);
    }
    volume.sync();
    return volume;
  }

  private VolumeRekey.Rekeyed rekey(Backing disk) throws IOException {
    return rekey(disk, newKey());
  }

  private VolumeRekey.Rekeyed rekey(Backing disk, Secret key) throws IOException {
    return VolumeRekey.run(disk, oldKey(), key, new Expected.Newest(), tuning, RekeyListener.NONE);
  }

  /// All of the volume is there under a key, and opens in that state.
  private void verify(Backing disk, Secret key, Expected expected) throws IOException {
    try (var volume = ReadableVolume.open(disk, key, expected, DamageListener.NONE)) {
      model.verify(volume);
    }
  }

  private static Kind refusal(MemoryBacking disk, Secret key) {
    var refused =
        assertThrows(
            VolumeException.class,
            () ->
                ReadableVolume.open(disk, key, new Expected.Newest(), DamageListener.NONE).close());
    return refused.kind();
  }

  /// Nothing is left of the volume with the old key.
  private void verifyDone(MemoryBacking disk, Map<String, byte[]> before) throws IOException {
    assertEquals(Kind.WRONG_KEY, refusal(disk, oldKey()));
    var left = new ArrayList<>(disk.names());
    left.retainAll(before.keySet());
    assertEquals(List.of(VolumeHeader.FILE), left);
    assertFalse(disk.names().contains(VolumeRekey.HEADER));
    try (var volume =
        ReadableVolume.open(disk, newKey(), new Expected.Newest(), DamageListener.NONE)) {
      model.verify(volume);
      assertEquals(Optional.empty(), RekeyMark.find(volume));
    }
  }

  @ParameterizedTest
  @EnumSource
  void theNewKeyAloneOpensTheSameContent(Suite suite) throws IOException {
    var before = volume(suite, 200);
    var disk = MemoryBacking.of(before);

    var done = rekey(disk);

    verifyDone(disk, before);
    verify(disk, newKey(), new Expected.Position(done.to()));
    assertEquals(new VolumeShape(suite, CHUNK), done.shape());
    assertTrue(done.from().isPresent());
    if (suite != Suite.HASHES) {
      assertTrue(ledger.encryptions() > 100);
    }
  }

  @Test
  void aSecondRunFindsTheWorkDone() throws IOException {
    var disk = MemoryBacking.of(volume(Suite.AES_256_GCM, 50));
    var done = rekey(disk);
    var after = disk.snapshot();

    var again = rekey(disk);

    assertEquals(done.to(), again.to());
    assertEquals(Optional.empty(), again.from());
    assertEquals(after.keySet(), disk.snapshot().keySet());
    after.forEach((name, bytes) -> assertTrue(Arrays.equals(bytes, disk.snapshot().get(name))));
  }

  @Test
  void aKeyChangesAgain() throws IOException {
    var before = volume(Suite.AES_256_GCM, 50);
    var disk = MemoryBacking.of(before);
    rekey(disk);
    VolumeRekey.run(disk, newKey(), key(3), new Expected.Newest(), tuning, RekeyListener.NONE);
    verify(disk, key(3), new Expected.Newest());
    assertEquals(Kind.WRONG_KEY, refusal(disk, newKey()));
  }

  @Test
  void aCrashAtEachCallIsContinued() throws IOException {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println("VolumeRekeyTest: -Dcrash.seed=" + seed);
    var random = new Random(seed);
    var before = volume(Suite.AES_256_GCM, 60);
    var recorded = MemoryBacking.of(before).recording();
    rekey(recorded);

    var disk = new CrashDisk(before);
    int oldOnes = 0;
    int newOnes = 0;
    for (var call : recorded.calls()) {
      for (int variant = 0; variant < 2; variant++) {
        var left = MemoryBacking.of(disk.crash(random));
        boolean isOld = isOld(left);
        oldOnes += isOld ? 1 : 0;
        newOnes += isOld ? 0 : 1;
        verify(left, isOld ? oldKey() : newKey(), new Expected.Newest());
        rekey(left);
        verifyDone(left, before);
      }
      disk.apply(call);
    }
    assertTrue(oldOnes > 100 && newOnes > 10, oldOnes + " old, " + newOnes + " new");
  }

  private static boolean isOld(MemoryBacking disk) throws IOException {
    try {
      VolumeDirectory.read(disk).header(oldKey());
      return true;
    } catch (VolumeException e) {
      assertEquals(Kind.WRONG_KEY, e.kind());
      return false;
    }
  }

  /// A kill, as an exception that nobody expects.
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void killsAllTheTimeLetItGetOn() throws IOException {
    var before = volume(Suite.AES_256_GCM, 300);
    var disk = MemoryBacking.of(before);
    var small = new StoreTuning(16 << 12, 32 << 10, 64 << 10, 1 << 10, false, ledger);
    int[] left = {0};
    disk.beforeCall(
        () -> {
          if (left[0]-- == 0) {
            throw new Killed();
          }
        });
    int kills = 0;
    int continued = 0;
    for (boolean isDone = false; !isDone; ) {
      left[0] = 120;
      var listener = new Began();
      try {
        VolumeRekey.run(disk, oldKey(), newKey(), new Expected.Newest(), small, listener);
        isDone = true;
      } catch (Killed _) {
        kills++;
        continued += listener.again ? 1 : 0;
        assertTrue(kills < 100, "it does not get on");
      }
    }
    disk.beforeCall(() -> {});
    assertTrue(continued > 2, "%d of %d runs have continued".formatted(continued, kills));
    verifyDone(disk, before);
  }

  private static final class Began implements RekeyListener {
    private boolean again;

    @Override
    public void began(boolean isContinued) {
      again = isContinued;
    }

    @Override
    public void copied(long bytes, long total) {
      assertTrue(bytes > 0 && total > 0);
    }

    @Override
    public void verified(long bytes, long total) {
      assertTrue(bytes > 0 && total > 0);
    }
  }

  @Test
  void aVolumeThatWasWrittenMeanwhileIsCopiedAnew() throws IOException {
    var before = volume(Suite.AES_256_GCM, 100);
    var disk = MemoryBacking.of(before);
    killBeforeRename(disk);
    change(disk, new Expected.Newest(), Suite.AES_256_GCM, 20).close();
    var written = disk.snapshot();

    rekey(disk);

    written.keySet().removeIf(name -> name.equals(VolumeRekey.HEADER));
    verifyDone(disk, written);
  }

  /// Leaves a whole copy that has not taken the place of the volume.
  private void killBeforeRename(MemoryBacking disk) {
    var failing = new FailingBacking(disk);
    failing.onRename(
        _ -> {
          throw new Killed();
        });
    assertThrows(Killed.class, () -> rekey(failing));
  }

  @Test
  void anotherNewKeyDoesNotThrowTheCopyAway() throws IOException {
    var before = volume(Suite.AES_256_GCM, 50);
    var disk = MemoryBacking.of(before);
    killBeforeRename(disk);
    var copied = disk.names();

    var refused = assertThrows(VolumeException.class, () -> rekey(disk, key(3)));

    assertEquals(Kind.NOT_EMPTY, refused.kind());
    assertEquals(copied, disk.names());
    VolumeRekey.discard(disk, oldKey(), new Expected.Newest());
    assertEquals(before.keySet(), Set.copyOf(disk.names()));
    verify(disk, oldKey(), new Expected.Newest());
    rekey(disk, key(3));
    verify(disk, key(3), new Expected.Newest());
  }

  @Test
  void damageStopsItAndTheOldKeyStays() throws IOException {
    var before = volume(Suite.AES_256_GCM, 100);
    int stopped = 0;
    for (var name : before.keySet()) {
      for (int slot = 1; name.contains(".s") && slot < before.get(name).length / CHUNK; slot++) {
        var damaged = new TreeMap<>(before);
        var bytes = before.get(name).clone();
        bytes[slot * CHUNK + 17] ^= 1;
        damaged.put(name, bytes);
        var disk = MemoryBacking.of(damaged);
        try {
          rekey(disk);
          verifyDone(disk, before); // nobody needs the place
        } catch (VolumeException e) {
          assertEquals(Kind.DAMAGED, e.kind());
          assertTrue(isOld(disk));
          var left = disk.snapshot();
          damaged.forEach((file, was) -> assertTrue(Arrays.equals(was, left.get(file)), file));
          stopped++;
        }
      }
    }
    assertTrue(stopped > 2, stopped + " times");
  }

  @Test
  void aCopyThatIsDamagedDoesNotTakeThePlace() throws IOException {
    var before = volume(Suite.AES_256_GCM, 100);
    var disk = MemoryBacking.of(before);
    killBeforeRename(disk);
    var left = disk.snapshot();
    int refused = 0;
    for (var name : left.keySet()) {
      if (before.containsKey(name) || !name.contains(".s")) {
        continue;
      }
      for (int slot = 1; slot < left.get(name).length / CHUNK; slot++) {
        var damaged = new TreeMap<>(left);
        var bytes = left.get(name).clone();
        bytes[slot * CHUNK + 17] ^= 1;
        damaged.put(name, bytes);
        var one = MemoryBacking.of(damaged);
        try {
          rekey(one);
        } catch (IOException _) {
          refused++;
          verify(one, oldKey(), new Expected.Newest());
          assertFalse(one.names().contains(VolumeRekey.HEADER));
          rekey(one);
        }
        verifyDone(one, before);
      }
    }
    assertTrue(refused > 5, refused + " times");
  }

  @Test
  void aCopyThatIsNotCompleteIsNoVolume() throws IOException {
    var before = volume(Suite.AES_256_GCM, 200);
    var recorded = MemoryBacking.of(before).recording();
    rekey(recorded);
    int refused = 0;
    var disk = new CrashDisk(before);
    var calls = recorded.calls();
    for (int i = 0; !(calls.get(i) instanceof MemoryBacking.Call.Rename); i++) {
      disk.apply(calls.get(i));
      var files = disk.crash(new Random(1));
      var header = files.remove(VolumeRekey.HEADER);
      if (i % 5 > 0 || header == null) {
        continue;
      }
      // Somebody renames the header early.
      files.put(VolumeHeader.FILE, header);
      var early = MemoryBacking.of(files);
      try {
        rekey(early);
        verifyDone(early, before); // it was complete
      } catch (VolumeException _) {
        refused++;
        assertTrue(early.names().containsAll(old(before)), "the old files are still there");
      }
    }
    assertTrue(refused > 5, refused + " times");
  }

  private static Set<String> old(Map<String, byte[]> before) {
    return before.keySet();
  }

  @Test
  void aFullDiskLeavesTheVolumeAlone() throws IOException {
    var before = volume(Suite.AES_256_GCM, 200);
    long size = before.values().stream().mapToLong(bytes -> bytes.length).sum();
    for (long room = 0; room < 3 * size; room += size / 8) {
      var disk = MemoryBacking.of(before);
      disk.setCapacity(size + room);
      try {
        rekey(disk);
        verifyDone(disk, before);
      } catch (NoSpaceException _) {
        assertEquals(before.keySet(), Set.copyOf(disk.names()));
        verify(disk, oldKey(), new Expected.Newest());
      }
    }
    var roomy = MemoryBacking.of(before);
    roomy.setCapacity(6 * size);
    assertNotEquals(Optional.empty(), rekey(roomy).from());
  }
}
