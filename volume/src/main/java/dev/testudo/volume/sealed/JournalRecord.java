package dev.testudo.volume.sealed;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeTag;
import dev.testudo.volume.format.ChunkCipher;
import dev.testudo.volume.format.ChunkKind;
import dev.testudo.volume.format.Derived;
import dev.testudo.volume.format.FileHead;
import dev.testudo.volume.format.Suite;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;

/// A journal with one record, which is a checkpoint.
///
/// @param tag the tag of the record, and so of the volume's state
/// @param body its verified and decrypted body
@SuppressWarnings("ArrayRecordComponent") // never compared
record JournalRecord(VolumeTag tag, byte[] body) {
  /// The most bytes of a body.
  static final int LONGEST = 16 << 20;

  private static final int MAGIC = 0x43455254; // "TREC"
  private static final int CHECKPOINT = 3;
  private static final int HEAD_BYTES = 32;
  private static final int ALIGNMENT = 512;
  private static final long FIRST = 1;

  /// The most bytes of a journal with one record.
  static final int LONGEST_JOURNAL =
      FileHead.BYTES + LONGEST + HEAD_BYTES + ChunkCipher.TAG_BYTES + ALIGNMENT;

  /// Returns the bytes of a journal, and the tag.
  ///
  /// @param key the key of the volume; the caller keeps it
  static JournalRecord write(
      FileHead journal, Suite suite, Secret key, ChunkCipher.Ledger ledger, byte[] body) {
    var head = head(body.length);
    var sealed = seal(journal, suite, key, ledger, body);
    var file = ByteBuffer.allocate(FileHead.BYTES + aligned(body.length));
    file.put(journal.write()).put(head).put(sealed.ciphertext()).put(sealed.tag());
    return new JournalRecord(VolumeTag.of(sealed.tag()), file.array());
  }

  private static ChunkCipher.Sealed seal(
      FileHead journal, Suite suite, Secret key, ChunkCipher.Ledger ledger, byte[] body) {
    var head = head(body.length);
    if (!suite.encrypts()) {
      return new ChunkCipher.Sealed(body, mac(journal, key, head, body));
    }
    try (var cipher = new ChunkCipher(key(journal, key, "journal"), ledger)) {
      return cipher.seal(ChunkKind.nonce(0, FIRST), associated(head), body);
    }
  }

  private static Secret key(FileHead journal, Secret key, String purpose) {
    return Derived.key(key, journal.salt(), purpose, journal.volume());
  }

  private static byte[] mac(FileHead journal, Secret key, byte[] head, byte[] body) {
    try (var own = key(journal, key, "tag")) {
      return Arrays.copyOf(Derived.mac(own, associated(head), body), VolumeTag.BYTES);
    }
  }

  /// Reads a whole journal.
  ///
  /// @param journal its head, which was read already
  /// @param key the key of the volume; the caller keeps it
  static JournalRecord read(byte[] file, FileHead journal, Suite suite, Secret key)
      throws VolumeException {
    if (file.length < FileHead.BYTES + HEAD_BYTES) {
      throw damaged(journal, "it is cut off");
    }
    int length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(FileHead.BYTES + 8);
    if (length < 0 || length > LONGEST || file.length != FileHead.BYTES + aligned(length)) {
      throw damaged(journal, "the length of the record does not fit");
    }
    var head = Arrays.copyOfRange(file, FileHead.BYTES, FileHead.BYTES + HEAD_BYTES);
    int from = FileHead.BYTES + HEAD_BYTES;
    int to = from + length + ChunkCipher.TAG_BYTES;
    var both = Arrays.copyOfRange(file, from, to);
    var body = new byte[length];
    boolean valid =
        Arrays.equals(head, head(length))
            && isZero(file, to)
            && open(journal, suite, key, both, body);
    if (!valid) {
      throw damaged(journal, "the record is not what was written");
    }
    return new JournalRecord(VolumeTag.of(Arrays.copyOfRange(both, length, both.length)), body);
  }

  /// Verifies a body with its tag, and puts the body into `into`.
  private static boolean open(FileHead journal, Suite suite, Secret key, byte[] both, byte[] into) {
    var head = head(into.length);
    if (suite.encrypts()) {
      try (var cipher = new ChunkCipher(key(journal, key, "journal"), ChunkCipher.Ledger.NONE)) {
        return cipher.open(ChunkKind.nonce(0, FIRST), associated(head), both, into);
      }
    }
    System.arraycopy(both, 0, into, 0, into.length);
    var tag = Arrays.copyOfRange(both, into.length, both.length);
    return MessageDigest.isEqual(tag, mac(journal, key, head, into));
  }

  /// Returns the head of the first record. The random part of its nonce is 0.
  private static byte[] head(int length) {
    var head = ByteBuffer.allocate(HEAD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return head.putInt(MAGIC).putInt(CHECKPOINT).putInt(length).putInt(0).putLong(FIRST).array();
  }

  /// Returns the associated data: the head, and the tag of the record before, of which there is
  /// none.
  private static byte[] associated(byte[] head) {
    return Arrays.copyOf(head, HEAD_BYTES + VolumeTag.BYTES);
  }

  private static int aligned(int length) {
    int bytes = HEAD_BYTES + length + ChunkCipher.TAG_BYTES;
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static boolean isZero(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static VolumeException damaged(FileHead journal, String reason) {
    return VolumeException.damaged(journal.name(), reason);
  }
}
