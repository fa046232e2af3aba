package dev.testudo.volume.store;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeTag;
import dev.testudo.volume.format.ChunkCipher;
import dev.testudo.volume.format.ChunkKind;
import dev.testudo.volume.format.Derived;
import dev.testudo.volume.format.Suite;
import dev.testudo.volume.format.VolumeHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/// Encrypts and decrypts the records of one mount's journals. For one thread at a time.
///
/// The tag of a record depends on its head, on its body, and on the tag of the record before. So a
/// tag names a whole history.
final class RecordCodec implements AutoCloseable {
  /// The length of a record's head.
  static final int HEAD_BYTES = 32;

  /// The most bytes of a body.
  static final int LONGEST_BODY = 16 << 20;

  private static final int MAGIC = 0x43455254; // "TREC"
  private static final int ALIGNMENT = 512;

  private final Suite suite;
  private final ChunkCipher cipher;
  private final Secret tagKey;

  /// @param key the key of the volume; the caller keeps it
  RecordCodec(Secret key, VolumeHeader header, byte[] salt, ChunkCipher.Ledger ledger) {
    this.suite = header.suite();
    this.cipher = new ChunkCipher(Derived.key(key, salt, "journal", header.id()), ledger);
    this.tagKey = Derived.key(key, salt, "tag", header.id());
  }

  /// A record as it is written.
  ///
  /// @param bytes a multiple of 512
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record SealedRecord(VolumePosition position, byte[] bytes) {}

  /// A verified record.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record OpenRecord(RecordKind kind, VolumePosition position, byte[] body) {}

  /// What the head of a record says, before it is verified.
  ///
  /// @param length the bytes of the body
  record Head(RecordKind kind, int length, long sequence) {
    /// Returns how many bytes the record takes in the journal.
    int bytes(Suite suite) {
      return aligned(length, suite);
    }
  }

  /// Returns how many bytes a record takes.
  static int aligned(int length, Suite suite) {
    int bytes = HEAD_BYTES + length + overhead(suite);
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static int overhead(Suite suite) {
    return suite == Suite.AES_256_GCM_AND_HASHES
        ? 2 * ChunkCipher.TAG_BYTES
        : ChunkCipher.TAG_BYTES;
  }

  /// Encrypts a record.
  ///
  /// @param random the first half of the nonce; the second is the sequence number, which no two
  ///     records of a mount have
  SealedRecord seal(RecordKind kind, VolumePosition before, int random, byte[] body) {
    long sequence = before.sequence() + 1;
    var head =
        ByteBuffer.allocate(HEAD_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(MAGIC)
            .putInt(kind.number())
            .putInt(body.length)
            .putInt(random)
            .putLong(sequence)
            .array();
    var record = ByteBuffer.allocate(aligned(body.length, suite));
    record.put(head);
    byte[] tag;
    if (suite.encrypts()) {
      var both = new byte[body.length + ChunkCipher.TAG_BYTES];
      var nonce = ChunkKind.nonce(random, sequence);
      cipher.seal(nonce, associated(head, before), body, 0, body.length, both);
      record.put(both);
      tag =
          suite.hashes()
              ? mac(head, before, both)
              : Arrays.copyOfRange(both, body.length, both.length);
    } else {
      record.put(body);
      tag = mac(head, before, body);
    }
    if (suite.hashes()) {
      record.put(tag);
    }
    var position = new VolumePosition(sequence, VolumeTag.of(tag));
    return new SealedRecord(position, record.array());
  }

  /// Reads the head of a record that must have this sequence number. It may be anything.
  static Optional<Head> head(byte[] bytes, long sequence) {
    var head = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (head.getInt() != MAGIC) {
      return Optional.empty();
    }
    var kind = RecordKind.of(head.getInt());
    int length = head.getInt();
    head.getInt();
    boolean possible =
        kind.isPresent()
            && length >= 0
            && length <= LONGEST_BODY
            && head.getLong() == sequence
            && head.getLong() == 0;
    return possible ? Optional.of(new Head(kind.get(), length, sequence)) : Optional.empty();
  }

  /// Decrypts a record with this head. Returns nothing if it is not one that was written after
  /// `before`.
  ///
  /// @param record all of its bytes, which only this thread changes
  Optional<OpenRecord> open(Head head, VolumePosition before, byte[] record) {
    var first = Arrays.copyOf(record, HEAD_BYTES);
    int random = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getInt(12);
    int end = HEAD_BYTES + head.length + overhead(suite);
    if (!isZero(record, end)) {
      return Optional.empty();
    }
    var tag = Arrays.copyOfRange(record, end - ChunkCipher.TAG_BYTES, end);
    if (suite.hashes()) {
      var body = Arrays.copyOfRange(record, HEAD_BYTES, end - ChunkCipher.TAG_BYTES);
      if (!java.security.MessageDigest.isEqual(tag, mac(first, before, body))) {
        return Optional.empty();
      }
      if (!suite.encrypts()) {
        return Optional.of(opened(head, tag, body));
      }
    }
    var both =
        Arrays.copyOfRange(record, HEAD_BYTES, HEAD_BYTES + head.length + ChunkCipher.TAG_BYTES);
    var body = new byte[head.length];
    var nonce = ChunkKind.nonce(random, head.sequence);
    return cipher.open(nonce, associated(first, before), both, body)
        ? Optional.of(opened(head, tag, body))
        : Optional.empty();
  }

  private static OpenRecord opened(Head head, byte[] tag, byte[] body) {
    return new OpenRecord(head.kind, new VolumePosition(head.sequence, VolumeTag.of(tag)), body);
  }

  private static byte[] associated(byte[] head, VolumePosition before) {
    return ByteBuffer.allocate(HEAD_BYTES + VolumeTag.BYTES)
        .put(head)
        .put(before.tag().bytes())
        .array();
  }

  private byte[] mac(byte[] head, VolumePosition before, byte[] body) {
    return Arrays.copyOf(
        Derived.mac(tagKey, head, before.tag().bytes(), body), ChunkCipher.TAG_BYTES);
  }

  private static boolean isZero(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    cipher.close();
    tagKey.close();
  }
}
