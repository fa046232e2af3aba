package dev.testudo.volume.store;

import dev.testudo.volume.format.TreeKey;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/// An open volume that can be written: entries by key, and chunks by inode and number.
///
/// Methods may be called by any thread. What [#apply] has changed is visible to all of them at
/// once, and durable after the next commit, which [#sync] waits for. If a check of what is on the
/// disk fails, the method throws `VolumeException` of kind `DAMAGED`, and nothing wrong is
/// returned.
public interface VolumeStore extends AutoCloseable {
  /// Returns how many bytes a chunk has.
  int chunkSize();

  /// Returns how many bytes a value may have.
  int longestValue();

  /// Returns the value of a key. The caller does not change the array.
  Optional<byte[]> get(TreeKey key) throws IOException;

  /// Returns the first entry with `from <= key < to`, compared as unsigned bytes.
  Optional<Entry> next(byte[] from, byte[] to) throws IOException;

  /// An entry of the tree. Nobody changes the arrays.
  ///
  /// @param key as [TreeKey#bytes()]
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Entry(byte[] key, byte[] value) {}

  /// Reads a chunk of an inode to `into`, from `offset` on. Returns false if it is a hole; nothing
  /// is written then. Several threads decrypt at the same time.
  boolean read(long inode, long number, byte[] into, int offset) throws IOException;

  /// Encrypts a chunk, and finds a place for it. Nothing refers to it until [#apply].
  ///
  /// @throws NoSpaceException if there is no place
  StoredChunk write(byte[] from, int offset) throws IOException;

  /// Frees the place of a chunk that is not applied after all.
  void discard(StoredChunk chunk);

  /// Applies all changes, or throws and applies none. All are in one commit: a crash leaves all of
  /// them or none, and none of a later call without those of an earlier one.
  ///
  /// @throws NoSpaceException if there is no space for more entries. Changes that free more than
  ///     they need are applied on a full volume, too
  void apply(Changes changes) throws IOException;

  /// Returns the number of the first chunk from `number` on, and before `end`, that is no hole.
  OptionalLong nextChunk(long inode, long number, long end) throws IOException;

  /// Returns how many chunks of an inode are no holes.
  long chunks(long inode) throws IOException;

  /// Commits everything that was applied before the call, and waits until it is durable and
  /// [acknowledged][Acknowledgements#await]. Callers at the same time share a commit.
  void sync() throws IOException;

  /// Returns how much space there is.
  VolumeSpace space() throws IOException;

  /// Ends cleanly: with a commit, a checkpoint and a seal. The state is acknowledged after that.
  @Override
  void close() throws IOException;
}
