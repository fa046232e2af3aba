package dev.testudo.volume.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;

/// The content of the file `testudo-volume`. It tells whether the key is right. What it says counts
/// only because the newest checkpoint says the same.
///
/// @param id what identifies the volume
@SuppressWarnings("ArrayRecordComponent") // never compared
public record VolumeHeader(Form form, Suite suite, int chunkSize, byte[] id) {
  /// The forms of a volume.
  public enum Form {
    /// It was written whole, and never changes.
    SEALED(0, 1),
    /// Programs write it. Whoever knows only the other form must not read it.
    WRITABLE(1, 0);

    private final long forReaders;
    private final long forWriters;

    Form(long forReaders, long forWriters) {
      this.forReaders = forReaders;
      this.forWriters = forWriters;
    }

    /// Returns the features that a reader must know.
    public long forReaders() {
      return forReaders;
    }
  }

  /// The name of the file.
  public static final String FILE = "testudo-volume";

  /// The length of the header.
  public static final int BYTES = 4096;

  /// The length of the id of a volume.
  public static final int ID_BYTES = 16;

  /// The size of chunks of new volumes.
  public static final int CHUNK_SIZE = 8 << 10;

  private static final byte[] MAGIC = "testudo-volume\0\0".getBytes(US_ASCII);
  private static final int VERSION = 1;
  private static final int HASH_BYTES = 32;
  private static final int CHECKED = BYTES - 2 * HASH_BYTES;
  private static final int SMALLEST_CHUNK = 4 << 10;
  private static final int LARGEST_CHUNK = 64 << 10;

  /// Returns the bytes of the header.
  public byte[] write(Secret key) {
    var header = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC).putInt(VERSION).putInt(suite.number()).putInt(chunkSize).putInt(0);
    header.putLong(form.forReaders).putLong(form.forWriters).putLong(0).put(id);
    var bytes = header.array();
    System.arraycopy(hash(bytes), 0, bytes, CHECKED, HASH_BYTES);
    System.arraycopy(mac(key, id, bytes), 0, bytes, CHECKED + HASH_BYTES, HASH_BYTES);
    return bytes;
  }

  /// Reads a header and checks that it belongs to `key`.
  public static VolumeHeader read(byte[] bytes, Secret key) throws VolumeException {
    if (bytes.length != BYTES) {
      throw damaged("it has %d bytes instead of %d".formatted(bytes.length, BYTES));
    }
    var header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    var magic = new byte[MAGIC.length];
    header.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw damaged("it is not the header of a volume");
    }
    int version = header.getInt();
    if (version != VERSION) {
      throw VolumeException.unsupported(
          "the volume has version %s, and this program reads version %d"
              .formatted(Integer.toUnsignedString(version), VERSION));
    }
    if (!Arrays.equals(bytes, CHECKED, CHECKED + HASH_BYTES, hash(bytes), 0, HASH_BYTES)) {
      throw damaged("its checksum is wrong");
    }
    return verified(bytes, header, key);
  }

  private static VolumeHeader verified(byte[] bytes, ByteBuffer header, Secret key)
      throws VolumeException {
    var suite = Suite.of(header.getInt());
    int chunkSize = header.getInt();
    int epoch = header.getInt();
    long incompatible = header.getLong();
    header.getLong(); // counts for writers
    header.getLong(); // counts for nobody
    var id = new byte[ID_BYTES];
    header.get(id);
    var written = Arrays.copyOfRange(bytes, CHECKED + HASH_BYTES, BYTES);
    if (!MessageDigest.isEqual(written, mac(key, id, bytes))) {
      throw VolumeException.wrongKey();
    }
    var form = Arrays.stream(Form.values()).filter(f -> f.forReaders == incompatible).findFirst();
    if (suite.isEmpty() || form.isEmpty() || epoch != 0 || !isChunkSize(chunkSize)) {
      throw VolumeException.unsupported(
          "the volume uses a suite, a chunk size, a key epoch or a feature that this program does"
              + " not know");
    }
    return new VolumeHeader(form.get(), suite.get(), chunkSize, id);
  }

  /// Returns whether chunks can have this size.
  public static boolean isChunkSize(int size) {
    return size >= SMALLEST_CHUNK && size <= LARGEST_CHUNK && Integer.bitCount(size) == 1;
  }

  private static byte[] hash(byte[] header) {
    var sha256 = Derived.sha256();
    sha256.update(header, 0, CHECKED);
    return sha256.digest();
  }

  private static byte[] mac(Secret key, byte[] id, byte[] header) {
    try (var own = Derived.key(key, id, "header", new byte[0])) {
      return Derived.mac(own, Arrays.copyOf(header, CHECKED + HASH_BYTES));
    }
  }

  private static VolumeException damaged(String reason) {
    return VolumeException.damaged(FILE, reason);
  }
}
