package dev.testudo.volume.format;

import dev.testudo.trust.secret.Secret;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// The keys of one mount for chunks, and what protects and verifies chunks with them as the suite
/// of the volume says. Any thread.
///
/// A cipher serves one thread at a time and keeps its expanded key, so there are as many as threads
/// have been busy at the same time.
public final class MountKeys implements AutoCloseable {
  private static final byte[] NO_TAG = new byte[ChunkCipher.TAG_BYTES];

  private final VolumeHeader header;
  private final ChunkCipher.Ledger ledger;
  private final Map<ChunkKind, Kind> kinds = new EnumMap<>(ChunkKind.class);
  private volatile boolean closed;

  /// What one kind of chunk needs.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Kind(Secret key, byte[] associated, Queue<ChunkCipher> idle) {}

  /// @param key the key of the volume; the caller keeps it
  public MountKeys(Secret key, VolumeHeader header, byte[] salt, ChunkCipher.Ledger ledger) {
    this.header = header;
    this.ledger = ledger;
    for (var kind : ChunkKind.values()) {
      kinds.put(
          kind,
          new Kind(
              Derived.key(key, salt, kind.purpose(), header.id()),
              kind.associated(header.id(), header.suite()),
              new ConcurrentLinkedQueue<>()));
    }
  }

  /// Returns the length of a buffer for [#seal] and [#open]: a chunk and a tag.
  public static int bufferBytes(int chunkSize) {
    return chunkSize + ChunkCipher.TAG_BYTES;
  }

  /// Protects a chunk, and returns the proof of it.
  ///
  /// @param nonce must never have been used for this kind; without effect if the suite does not
  ///     encrypt
  /// @param into what is written to the slot; longer than a chunk by a tag
  public byte[] seal(ChunkKind kind, byte[] nonce, byte[] from, int offset, byte[] into) {
    int size = header.chunkSize();
    var suite = header.suite();
    var proof = new byte[suite.proofBytes()];
    if (suite.encrypts()) {
      var of = of(kind);
      var cipher = borrow(of);
      if (cipher == null) {
        throw new IllegalStateException("the keys of the mount are wiped");
      }
      cipher.seal(nonce, of.associated, from, offset, size, into);
      of.idle.add(cipher);
      System.arraycopy(nonce, 0, proof, 0, nonce.length);
      System.arraycopy(into, size, proof, nonce.length, ChunkCipher.TAG_BYTES);
    } else {
      System.arraycopy(from, offset, into, 0, size);
    }
    if (suite.hashes()) {
      var hash = hash(into, size);
      System.arraycopy(hash, 0, proof, proof.length - hash.length, hash.length);
    }
    return proof;
  }

  /// Verifies and decrypts a chunk to `into`, from `offset` on. Returns false if it is not the one
  /// of the proof, or if the keys are wiped because nothing names a chunk of the mount any more; no
  /// byte of it is in `into` then.
  ///
  /// @param both the content of the slot, which only this thread changes, and room for a tag
  public boolean open(ChunkKind kind, byte[] proof, byte[] both, byte[] into, int offset) {
    int size = header.chunkSize();
    var suite = header.suite();
    if (suite.hashes()) {
      var hash = hash(both, size);
      int from = proof.length - hash.length;
      if (!Arrays.equals(hash, 0, hash.length, proof, from, proof.length)) {
        return false;
      }
    }
    if (!suite.encrypts()) {
      System.arraycopy(both, 0, into, offset, size);
      return true;
    }
    System.arraycopy(proof, ChunkCipher.NONCE_BYTES, both, size, NO_TAG.length);
    var nonce = Arrays.copyOf(proof, ChunkCipher.NONCE_BYTES);
    var of = of(kind);
    var cipher = borrow(of);
    if (cipher == null) {
      return false;
    }
    boolean valid = cipher.open(nonce, of.associated, both, into, offset);
    of.idle.add(cipher);
    return valid;
  }

  private static byte[] hash(byte[] chunk, int size) {
    MessageDigest sha256 = Derived.sha256();
    sha256.update(chunk, 0, size);
    return sha256.digest();
  }

  private Kind of(ChunkKind kind) {
    var of = kinds.get(kind);
    if (of == null) {
      throw new IllegalStateException("there is no key for " + kind);
    }
    return of;
  }

  /// Returns a cipher, or null if the keys are wiped: everybody knows a wiped key.
  private @Nullable ChunkCipher borrow(Kind kind) {
    var idle = kind.idle.poll();
    var cipher = idle != null ? idle : new ChunkCipher(kind.key.reveal(Secret::copyOf), ledger);
    if (closed) { // what was copied may be zeros
      cipher.close();
      return null;
    }
    return cipher;
  }

  /// Wipes the keys. Nothing is encrypted afterwards.
  @Override
  public void close() {
    closed = true;
    for (var kind : kinds.values()) {
      kind.key.close();
      kind.idle.forEach(ChunkCipher::close);
    }
  }
}
