package dev.testudo.volume.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.Suite;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Somebody who has the key, such as a service that imports the volume, makes another chunk with
/// the same GCM tag. GCM does not prevent that; the hashes of the other suites do.
class ForgedChunkTest {
  private static final int CHUNK = 4096;
  private static final int BLOCK = 16;

  private static final VolumeOptions OPTIONS =
      VolumeOptions.USUAL.with(
          new StoreTuning(
              8 * CHUNK, 64 << 10, 64 << 10, 64 << 10, false, NonceLedger.OF_ALL_TESTS));

  /// `R` of NIST SP 800-38D, 6.3: the field's polynomial.
  private static final long POLYNOMIAL = 0xe1L << 56;

  private static Secret key() {
    return Secret.taking(new byte[32]);
  }

  @ParameterizedTest
  @EnumSource
  void whoHasTheKeyForgesAChunkOnlyIfThereAreNoHashes(Suite suite) throws Exception {
    var content = new byte[CHUNK];
    Arrays.fill(content, (byte) 'x');
    var backing = new MemoryBacking();
    try (var volume =
        WritableVolume.open(
            backing, key(), new Expected.New(), new VolumeShape(suite, CHUNK), OPTIONS)) {
      volume.apply(new Changes().chunk(1, 0, volume.write(content, 0)));
    }
    int forged = 0;
    var files = backing.snapshot();
    for (var name : files.keySet()) {
      for (int at = CHUNK;
          name.contains(".s") && at < requireNonNull(files.get(name)).length;
          at += CHUNK) {
        forged += isAccepted(forged(files, name, at), content) ? 1 : 0;
      }
    }
    assertEquals(suite.hashes() ? 0 : 1, forged);
  }

  /// Returns whether the chunk has other bytes than were written.
  private static boolean isAccepted(Map<String, byte[]> files, byte[] content) throws IOException {
    var read = new byte[CHUNK];
    try (var volume =
        ReadableVolume.open(
            MemoryBacking.of(files), key(), new Expected.Newest(), DamageListener.NONE)) {
      volume.read(1, 0, read, 0);
    } catch (VolumeException e) {
      assertEquals(VolumeException.Kind.DAMAGED, e.kind());
      return false;
    }
    if (Arrays.equals(content, read)) {
      return false;
    }
    assertArrayEquals(
        Arrays.copyOfRange(content, BLOCK, CHUNK - BLOCK),
        Arrays.copyOfRange(read, BLOCK, CHUNK - BLOCK));
    return true;
  }

  /// Changes the first block of a slot, and the last one so that GHASH stays the same.
  private static Map<String, byte[]> forged(Map<String, byte[]> files, String name, int slot)
      throws GeneralSecurityException {
    var file = requireNonNull(files.get(name)).clone();
    var change = new byte[BLOCK];
    change[0] = 1;
    var hash = hashKey(file, requireNonNull(files.get("testudo-volume")));
    var last = change;
    for (var i = 0; i < CHUNK / BLOCK - 1; i++) { // so many powers are between the two blocks
      last = product(last, hash);
    }
    for (var i = 0; i < BLOCK; i++) {
      file[slot + i] ^= change[i];
      file[slot + CHUNK - BLOCK + i] ^= last[i];
    }
    var changed = new TreeMap<>(files);
    changed.put(name, file);
    return changed;
  }

  /// `H` of GCM for the chunks of data in a segment.
  private static byte[] hashKey(byte[] segment, byte[] header) throws GeneralSecurityException {
    var info = ByteBuffer.allocate(38);
    info.put("testudo-volume-v1 data".getBytes(US_ASCII)).put(header, 56, BLOCK);
    var derived =
        KDF.getInstance("HKDF-SHA256")
            .deriveData(
                HKDFParameterSpec.ofExtract()
                    .addIKM(new byte[32])
                    .addSalt(Arrays.copyOfRange(segment, 48, 80))
                    .thenExpand(info.array(), 32));
    var cipher = Cipher.getInstance("AES/ECB/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(derived, "AES"));
    return cipher.doFinal(new byte[BLOCK]);
  }

  /// The product in the field of GCM (NIST SP 800-38D, algorithm 1).
  private static byte[] product(byte[] x, byte[] y) {
    var from = ByteBuffer.wrap(y);
    long high = from.getLong();
    long low = from.getLong();
    long sumHigh = 0;
    long sumLow = 0;
    for (var bit = 0; bit < 8 * BLOCK; bit++) {
      if (((x[bit / 8] >> (7 - bit % 8)) & 1) == 1) {
        sumHigh ^= high;
        sumLow ^= low;
      }
      long carry = (low & 1) == 1 ? POLYNOMIAL : 0;
      low = (low >>> 1) | (high << 63);
      high = (high >>> 1) ^ carry;
    }
    return ByteBuffer.allocate(BLOCK).putLong(sumHigh).putLong(sumLow).array();
  }
}
