package dev.testudo.volume.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.Suite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Rules of the store that no other test is about. docs/volume-guarantees.md numbers them.
class StoreRulesTest {
  private static final int CHUNK = 4096;

  private final NonceLedger ledger = new NonceLedger();
  private final VolumeOptions options =
      VolumeOptions.USUAL.with(
          new StoreTuning(64 << 12, 64 << 10, 64 << 10, 64 << 10, false, ledger));

  private WritableVolume open(Backing backing, Expected expected, Suite suite) throws IOException {
    try (var key = Secret.taking(new byte[32])) {
      return WritableVolume.open(backing, key, expected, new VolumeShape(suite, CHUNK), options);
    }
  }

  private static void change(WritableVolume volume, Random random) throws IOException {
    var model = new VolumeModel();
    for (var i = 0; i < 60; i++) {
      model.change(volume, random);
    }
    volume.sync();
  }

  /// The futures of one crash, an older copy, and a machine that goes on beside its copy.
  @Test
  void ruleTwoNoKeyAndNonceEncryptsTwoTextsInForksAndRestoredCopies() throws IOException {
    var backing = new MemoryBacking();
    change(open(backing, new Expected.New(), Suite.AES_256_GCM), new Random(1));
    var older = backing.snapshot();
    change(open(backing, new Expected.Newest(), Suite.AES_256_GCM), new Random(2));
    var crashed = backing.snapshot();
    for (var copy : List.of(older, crashed, crashed, older)) {
      for (var seed = 3; seed < 6; seed++) {
        var fork = MemoryBacking.of(copy);
        change(open(fork, new Expected.Newest(), Suite.AES_256_GCM), new Random(seed));
        change(open(fork, new Expected.Newest(), Suite.AES_256_GCM), new Random(seed));
      }
    }
    assertTrue(ledger.encryptions() > 1000, () -> "only " + ledger.encryptions());
  }

  /// Somebody writes to a slot while it is read, again and again.
  @ParameterizedTest
  @EnumSource
  void ruleThreeWhatIsVerifiedIsWhatIsReturned(Suite suite) throws Exception {
    var backing = new MemoryBacking();
    var content = new byte[CHUNK];
    new Random(1).nextBytes(content);
    try (var volume = open(backing, new Expected.New(), suite)) {
      volume.apply(new Changes().chunk(1, 0, volume.write(content, 0)));
      volume.sync();
      volume.checkpoint();
      var right = backing.snapshot();
      var done = new AtomicBoolean();
      var writer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    var random = new Random(2);
                    while (!done.get()) {
                      scribble(backing, right, random);
                    }
                  });
      var read = new byte[CHUNK];
      int good = 0;
      int bad = 0;
      while (good < 30 || bad < 30) {
        try {
          assertTrue(volume.read(1, 0, read, 0));
          assertArrayEquals(content, read);
          good++;
        } catch (VolumeException e) {
          assertEquals(VolumeException.Kind.DAMAGED, e.kind());
          bad++;
        }
      }
      done.set(true);
      writer.join();
    }
  }

  private static void scribble(MemoryBacking backing, Map<String, byte[]> right, Random random) {
    right.forEach(
        (name, bytes) -> {
          if (!name.contains(".s")) {
            return;
          }
          try (var file = backing.open(name)) {
            int at = CHUNK + random.nextInt(bytes.length - CHUNK);
            file.write(at, new byte[] {(byte) (bytes[at] + 1)}, 0, 1);
            Thread.onSpinWait();
            file.write(
                CHUNK, Arrays.copyOfRange(bytes, CHUNK, bytes.length), 0, bytes.length - CHUNK);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Test
  void ruleSixAMountWritesOnlyToFilesThatItHasCreated() throws IOException {
    var random = new Random(1);
    var files = new MemoryBacking().snapshot();
    Expected expected = new Expected.New();
    for (var mount = 0; mount < 6; mount++) {
      var backing = MemoryBacking.of(files).recording();
      var volume = open(backing, expected, Suite.AES_256_GCM);
      for (var round = 0; round < 5; round++) {
        change(volume, random);
        volume.checkpoint();
      }
      if (mount % 2 == 0) {
        volume.close();
      }
      var own = new HashSet<String>();
      int writes = 0;
      for (var call : backing.calls()) {
        switch (call) {
          case MemoryBacking.Call.Create(var name) -> own.add(name);
          case MemoryBacking.Call.Write(var name, _, _) -> {
            assertTrue(own.contains(name), name);
            writes++;
          }
          case MemoryBacking.Call.Size(var name, _) -> assertTrue(own.contains(name), name);
          default -> {
            // It may remove files of others, and give their space back.
          }
        }
      }
      assertTrue(writes > 5);
      files = backing.snapshot();
      expected = new Expected.Newest();
    }
  }
}
