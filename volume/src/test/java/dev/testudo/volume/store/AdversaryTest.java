package dev.testudo.volume.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.Suite;
import dev.testudo.volume.format.TreeKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whoever can write to the directory makes a volume fail, but never return a byte that is wrong or
/// old.
class AdversaryTest {
  private static final VolumeOptions OPTIONS =
      VolumeOptions.USUAL.with(
          new StoreTuning(32 << 12, 16 << 10, 64 << 10, 64 << 10, false, NonceLedger.OF_ALL_TESTS));

  private final List<Map<String, byte[]>> snapshots = new ArrayList<>();
  private final VolumeModel model = new VolumeModel();
  private VolumePosition known = VolumePosition.NONE;
  private int refused;
  private int failed;
  private int whole;

  private static Secret key(int number) {
    var bytes = new byte[32];
    Arrays.fill(bytes, (byte) number);
    return Secret.taking(bytes);
  }

  /// Writes a volume, with a snapshot before each commit.
  private Map<String, byte[]> written(Suite suite) throws IOException {
    var backing = new MemoryBacking();
    var random = new Random(3);
    Expected expected = new Expected.New();
    for (int mount = 0; mount < 2; mount++) {
      var volume =
          WritableVolume.open(backing, key(1), expected, new VolumeShape(suite, 4096), OPTIONS);
      for (int i = 0; i < 12; i++) {
        model.change(volume, random);
        if (i % 4 == 3) {
          snapshots.add(backing.snapshot());
          volume.sync();
        }
      }
      if (mount == 0) {
        volume.close();
      } else {
        volume.sync();
        volume.abandon();
      }
      known = volume.position();
      expected = new Expected.Position(known);
    }
    return backing.snapshot();
  }

  /// Opens what the adversary has made, and reads everything.
  private void attack(Map<String, byte[]> files) throws IOException {
    ReadableVolume volume;
    try {
      volume =
          ReadableVolume.open(
              MemoryBacking.of(files), key(1), new Expected.Position(known), DamageListener.NONE);
    } catch (VolumeException _) {
      refused++;
      return;
    }
    try (volume) {
      assertEquals(known, volume.position());
      model.verify(volume);
      whole++;
    } catch (VolumeException e) {
      assertEquals(VolumeException.Kind.DAMAGED, e.kind());
      failed++;
    }
  }

  /// In turn, another part of the bytes.
  @ParameterizedTest
  @EnumSource
  void aChangedByteIsNeverReturned(Suite suite) throws IOException {
    long seed = System.nanoTime();
    System.out.println("AdversaryTest: seed " + seed);
    changeBytes(suite, 61, new Random(seed));
  }

  @ParameterizedTest
  @EnumSource
  @Tag("nightly")
  void noChangedByteAtAllIsReturned(Suite suite) throws IOException {
    changeBytes(suite, 1, new Random(1));
  }

  private void changeBytes(Suite suite, int step, Random random) throws IOException {
    var files = written(suite);
    for (var file : files.entrySet()) {
      var bytes = file.getValue();
      int at = random.nextInt(step);
      for (; at < bytes.length; at += isZeros(bytes, at) ? 29 * step : step) {
        var changed = new TreeMap<>(files);
        var other = bytes.clone();
        other[at] ^= (byte) (1 << (at % 8));
        changed.put(file.getKey(), other);
        attack(changed);
      }
    }
    assertTrue(refused > 0 && failed > 0 && whole > 0);
  }

  /// Where a file has nothing but zeros, most of them need no test.
  private static boolean isZeros(byte[] bytes, int at) {
    for (int i = at; i < Math.min(bytes.length, at + 512); i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  @ParameterizedTest
  @EnumSource
  void truncatedMissingAndSwappedFilesAreNeverRead(Suite suite) throws IOException {
    var files = written(suite);
    for (var name : files.keySet()) {
      for (int length = 0; length < files.get(name).length; length += 1777) {
        var changed = new TreeMap<>(files);
        changed.put(name, Arrays.copyOf(files.get(name), length));
        attack(changed);
      }
      var without = new TreeMap<>(files);
      without.remove(name);
      attack(without);
      for (var other : files.keySet()) {
        var swapped = new TreeMap<>(files);
        swapped.put(name, files.get(other));
        swapped.put(other, files.get(name));
        attack(swapped);
      }
    }
    assertTrue(refused > 0 && failed > 0);
  }

  @ParameterizedTest
  @EnumSource
  void oldFilesAreNeverRead(Suite suite) throws IOException {
    var files = written(suite);
    for (var old : snapshots) {
      attack(old);
      for (int mask = 1; mask < 1 << Math.min(files.size(), 8); mask++) {
        var mixed = new TreeMap<>(files);
        int bit = 0;
        for (var name : files.keySet()) {
          if (((mask >> bit++) & 1) == 1 && old.containsKey(name)) {
            mixed.put(name, old.get(name));
          }
        }
        old.forEach(mixed::putIfAbsent);
        attack(mixed);
      }
    }
    assertTrue(refused > 0);
  }

  @ParameterizedTest
  @EnumSource
  void anotherVolumesFilesAreNeverRead(Suite suite) throws IOException {
    var files = written(suite);
    for (int number = 1; number <= 2; number++) {
      var backing = new MemoryBacking();
      var shape = new VolumeShape(suite, 4096);
      var other = WritableVolume.open(backing, key(number), new Expected.New(), shape, OPTIONS);
      new VolumeModel().change(other, new Random(number));
      other.close();
      attack(backing.snapshot());
      for (var foreign : backing.snapshot().entrySet()) {
        for (var name : files.keySet()) {
          var changed = new TreeMap<>(files);
          changed.put(name, foreign.getValue());
          changed.put(foreign.getKey(), foreign.getValue());
          attack(changed);
        }
      }
    }
    assertTrue(refused > 0);
  }

  @ParameterizedTest
  @EnumSource
  void aChangeUnderAnOpenVolumeIsAnErrorOnce(Suite suite) throws IOException {
    var backing = new MemoryBacking();
    var reported = new ArrayList<VolumeException>();
    var options = OPTIONS.with(reported::add);
    var volume =
        WritableVolume.open(
            backing, key(1), new Expected.New(), new VolumeShape(suite, 4096), options);
    var content = new byte[4096];
    Arrays.fill(content, (byte) 7);
    for (int i = 0; i < 40; i++) {
      volume.apply(new Changes().chunk(1, i, volume.write(content, 0)));
    }
    volume.apply(new Changes().put(TreeKey.name(1, new byte[] {'n'}), content(3)));
    volume.sync();
    volume.checkpoint();
    var names = backing.names().stream().filter(name -> name.contains(".s")).toList();
    for (var name : names) {
      try (var file = backing.open(name)) {
        file.write(4096, new byte[4096], 0, 4096);
      }
    }
    int errors = 0;
    var read = new byte[4096];
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 40; i++) {
        Arrays.fill(read, (byte) 0);
        try {
          assertTrue(volume.read(1, i, read, 0));
          assertTrue(Arrays.equals(content, read));
        } catch (VolumeException e) {
          assertEquals(VolumeException.Kind.DAMAGED, e.kind());
          assertFalse(Arrays.equals(content, read));
          errors++;
        }
      }
    }
    assertTrue(errors >= 3);
    assertEquals(errors / 3, reported.size());
    assertTrue(volume.statistics().damages() >= errors);
    // Everything else goes on.
    volume.apply(new Changes().chunk(1, 0, volume.write(content, 0)));
    volume.sync();
    volume.close();
  }

  private static byte[] content(int length) {
    return "x".repeat(length).getBytes(StandardCharsets.US_ASCII);
  }
}
