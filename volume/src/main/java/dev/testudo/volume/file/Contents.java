package dev.testudo.volume.file;

import dev.testudo.volume.file.FileError.Reason;
import dev.testudo.volume.store.VolumeStore;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/// The bytes of files. A file of at most [#LARGEST_INLINE] bytes is one entry of the tree; a larger
/// one consists of chunks, of which absent ones are holes. What a chunk has after the end of its
/// file is always zero.
final class Contents {
  /// The most bytes of a file: 64 TiB.
  static final long LARGEST = 1L << 46;

  /// The most bytes of a file that is an entry of the tree.
  static final int LARGEST_INLINE = 1024;

  /// How many chunks one operation drops. A larger range takes several, so that the others wait
  /// for one of them only.
  private static final long MOST_DROPPED = 8192;

  private static final int LOCKS = 64;
  private static final int UNIT = 512;

  private final Metadata metadata;
  private final VolumeStore store;
  private final Pieces pieces;
  private final ReentrantLock[] locks = new ReentrantLock[LOCKS];
  private final ThreadLocal<byte[]> buffer;

  /// Changes the content of one file.
  @FunctionalInterface
  interface Operation {
    void run() throws IOException;
  }

  /// Puts a change of one file's content together.
  @FunctionalInterface
  private interface Change {
    void in(ContentDraft draft) throws IOException;
  }

  Contents(Metadata metadata) {
    this.metadata = metadata;
    this.store = metadata.store();
    this.pieces = new Pieces(store.chunkSize());
    this.buffer = ThreadLocal.withInitial(() -> new byte[store.chunkSize()]);
    Arrays.setAll(locks, _ -> new ReentrantLock());
  }

  /// Runs `operation` while no other one changes the content of the file.
  void exclusively(long number, Operation operation) throws IOException {
    var lock = locks[(int) (number % LOCKS)];
    lock.lock();
    try {
      operation.run();
    } finally {
      lock.unlock();
    }
  }

  /// Reads from a file. Returns how many bytes there were, less than `length` only at its end.
  int read(long number, long offset, byte[] into, int at, int length) throws IOException {
    return read(number, requireFile(number).size(), offset, into, at, length);
  }

  /// Reads from anything with a content whose size is known.
  int read(long number, long size, long offset, byte[] into, int at, int length)
      throws IOException {
    if (offset < 0) {
      throw new FileError(Reason.INVALID);
    }
    if (offset >= size) {
      return 0;
    }
    int count = (int) Math.min(length, size - offset);
    if (size <= LARGEST_INLINE) {
      var inline = store.get(FileKeys.inline(number));
      if (inline.isPresent()) {
        copy(inline.get(), (int) offset, into, at, count);
        return count;
      }
    }
    for (var done = 0; done < count; ) {
      var piece = pieces.first(offset + done, count - done);
      read(number, piece, into, at + done);
      done += piece.length();
    }
    return count;
  }

  private void read(long number, Pieces.Piece piece, byte[] into, int at) throws IOException {
    boolean whole = piece.length() == pieces.chunk();
    var chunk = whole ? into : buffer.get();
    if (!store.read(number, piece.number(), chunk, whole ? at : 0)) {
      Arrays.fill(into, at, at + piece.length(), (byte) 0);
    } else if (!whole) {
      System.arraycopy(chunk, piece.from(), into, at, piece.length());
    }
  }

  /// Copies from a content that may be shorter than its file, whose rest is zero.
  private static void copy(byte[] from, int offset, byte[] into, int at, int count) {
    int there = Math.clamp(from.length - offset, 0, count);
    System.arraycopy(from, Math.min(offset, from.length), into, at, there);
    Arrays.fill(into, at + there, at + count, (byte) 0);
  }

  /// Writes to a file, which becomes longer if necessary.
  void write(long number, long offset, byte[] from, int at, int length, WriteMode mode)
      throws IOException {
    if (offset < 0 || offset > LARGEST - length) {
      throw new FileError(Reason.TOO_LARGE);
    }
    long end = offset + length;
    exclusively(
        number,
        () -> {
          var inode = requireFile(number);
          boolean skips = pieces.count(offset) > pieces.count(inode.size());
          change(
              number,
              inode,
              draft -> put(draft, inode, offset, from, at, length),
              edit -> {
                var changed = mode.after(edit, number, end);
                return skips ? changed.sparse() : changed;
              });
        });
  }

  private void put(ContentDraft draft, Inode inode, long offset, byte[] from, int at, int length)
      throws IOException {
    long size = Math.max(inode.size(), offset + length);
    if (size <= LARGEST_INLINE && draft.fitsTree()) {
      var content = Arrays.copyOf(draft.inline().orElseGet(() -> new byte[0]), (int) size);
      System.arraycopy(from, at, content, (int) offset, length);
      draft.putInline(content);
      return;
    }
    for (var done = 0; done < length; ) {
      var piece = pieces.first(offset + done, length - done);
      draft.write(piece, from, at + done);
      done += piece.length();
    }
    draft.leaveTree();
  }

  /// Puts a change together and applies it with what `attributes` returns. If that fails, nothing
  /// has changed.
  private void change(
      long number, Inode inode, Change content, Metadata.Operation<Inode> attributes)
      throws IOException {
    var draft = new ContentDraft(metadata, number, inode.size());
    try {
      content.in(draft);
      draft.apply(
          edit -> {
            var changed = attributes.in(edit);
            edit.set(number, changed);
            return changed;
          });
    } finally {
      draft.discard();
    }
  }

  /// Cuts a file, or extends it with zeros. The caller holds the lock of its content.
  ///
  /// @param attributes returns the inode with its other changes
  void resize(long number, long size, Metadata.Operation<Inode> attributes) throws IOException {
    if (size < 0 || size > LARGEST) {
      throw new FileError(size < 0 ? Reason.INVALID : Reason.TOO_LARGE);
    }
    var inode = requireFile(number);
    boolean grows = pieces.count(size) > pieces.count(inode.size());
    change(
        number,
        inode,
        draft -> {
          if (size < inode.size()) {
            shrink(draft, number, inode.size(), size);
          } else if (size > LARGEST_INLINE) {
            draft.leaveTree();
          }
        },
        edit -> {
          var changed = attributes.in(edit).withSize(size);
          return grows ? changed.sparse() : changed;
        });
  }

  /// Zeros the rest of the last chunk, and drops those after it. If the machine stops meanwhile, a
  /// part of what the program wanted to remove may be zero already.
  private void shrink(ContentDraft draft, long number, long oldSize, long size) throws IOException {
    if (draft.inline().isPresent()) {
      var content = draft.inline().get();
      draft.putInline(Arrays.copyOf(content, (int) Math.min(size, content.length)));
      return;
    }
    long end = pieces.count(oldSize);
    draft.drop(dropMost(number, pieces.count(size), end), end);
    int rest = (int) (size % pieces.chunk());
    if (rest != 0) {
      draft.zero(new Pieces.Piece(size / pieces.chunk(), rest, pieces.chunk()));
    }
  }

  /// Drops chunks of a range until one operation can drop those that are left, which begin at what
  /// this method returns.
  private long dropMost(long number, long from, long to) throws IOException {
    var next = store.nextChunk(number, from, to);
    while (next.isPresent() && to - next.getAsLong() > MOST_DROPPED) {
      long first = next.getAsLong();
      metadata.edit(
          edit -> {
            edit.chunks().dropChunks(number, first, first + MOST_DROPPED);
            edit.set(number, edit.inode(number).sparse());
            return edit;
          });
      next = store.nextChunk(number, first + MOST_DROPPED, to);
    }
    return next.orElse(to);
  }

  /// Returns whether more than one operation is needed to delete a content.
  boolean isLarge(Inode inode) {
    return inode.isFile() && pieces.count(inode.size()) > MOST_DROPPED;
  }

  /// Drops the chunks of a file that is deleted, but for those that one operation can drop.
  void dropMost(long number, Inode inode) throws IOException {
    dropMost(number, 0, pieces.count(inode.size()));
  }

  /// Deletes what is left of a content.
  static void remove(Edit edit, long number) {
    edit.delete(FileKeys.inline(number));
    edit.delete(FileKeys.target(number));
    edit.chunks().dropChunks(number, 0, Long.MAX_VALUE);
  }

  /// Does what fallocate(2) does.
  void allocate(long number, Allocation mode, long offset, long length) throws IOException {
    if (offset < 0 || length <= 0) {
      throw new FileError(Reason.INVALID);
    }
    if (length > LARGEST || offset > LARGEST - length) {
      throw new FileError(Reason.TOO_LARGE);
    }
    long end = offset + length;
    exclusively(
        number,
        () -> {
          var inode = requireFile(number);
          switch (mode) {
            case EXTEND, KEEP_SIZE -> requireSpace(end - inode.size());
            case PUNCH_HOLE, ZERO, ZERO_KEEP_SIZE ->
                clear(number, inode, offset, Math.min(end, inode.size()));
          }
          boolean lengthens = mode == Allocation.EXTEND || mode == Allocation.ZERO;
          if (lengthens && end > inode.size()) {
            resize(number, end, edit -> edit.inode(number).modifiedAt(edit.now()));
          }
        });
  }

  private void requireSpace(long bytes) throws IOException {
    if (bytes > store.space().free()) {
      throw new FileError(Reason.NO_SPACE);
    }
  }

  /// Zeros a range within a file; whole chunks become holes.
  private void clear(long number, Inode inode, long from, long to) throws IOException {
    if (from < to) {
      change(
          number,
          inode,
          draft -> {
            if (draft.inline().isPresent()) {
              clearInline(draft, (int) from, (int) to);
            } else {
              clearChunks(draft, number, inode.size(), from, to);
            }
          },
          edit -> edit.inode(number).modifiedAt(edit.now()).sparse());
    }
  }

  private static void clearInline(ContentDraft draft, int from, int to) {
    var content = draft.inline().orElseThrow().clone();
    if (from < content.length) {
      Arrays.fill(content, from, Math.min(to, content.length), (byte) 0);
    }
    draft.putInline(content);
  }

  private void clearChunks(ContentDraft draft, long number, long size, long from, long to)
      throws IOException {
    // The bytes after the end of the file are zero already.
    long end = to == size ? pieces.count(to) * pieces.chunk() : to;
    var first = pieces.first(from, end - from);
    var last = pieces.first(end - 1, 1);
    boolean single = first.number() == last.number();
    boolean cutsFirst = first.length() < pieces.chunk();
    boolean cutsLast = last.to() < pieces.chunk() && !single;
    if (cutsFirst) {
      draft.zero(first);
    }
    if (cutsLast) {
      draft.zero(new Pieces.Piece(last.number(), 0, last.to()));
    }
    long begin = first.number() + (cutsFirst ? 1 : 0);
    long stop = last.number() + (cutsLast ? 0 : 1);
    draft.drop(dropMost(number, begin, Math.max(begin, stop)), stop);
  }

  /// Does what lseek(2) does with `SEEK_DATA` or `SEEK_HOLE`.
  long seek(long number, long offset, boolean data) throws IOException {
    var inode = requireFile(number);
    if (offset < 0 || offset >= inode.size()) {
      throw new FileError(Reason.NOTHING_THERE);
    }
    boolean inline =
        inode.size() <= LARGEST_INLINE && store.get(FileKeys.inline(number)).isPresent();
    if (!inode.isSparse() || inline) {
      return data ? offset : inode.size();
    }
    long count = pieces.count(inode.size());
    long chunk = offset / pieces.chunk();
    if (data) {
      long found =
          store
              .nextChunk(number, chunk, count)
              .orElseThrow(() -> new FileError(Reason.NOTHING_THERE));
      return Math.max(offset, found * pieces.chunk());
    }
    long hole = chunk;
    while (hole < count && store.nextChunk(number, hole, hole + 1).isPresent()) {
      hole++;
    }
    return Math.clamp(hole * pieces.chunk(), offset, inode.size());
  }

  /// Returns the space that a content takes, in units of 512 bytes.
  long blocks(long number, Inode inode) throws IOException {
    if (!inode.isFile()) {
      return inode.isDirectory() ? pieces.chunk() / UNIT : 0;
    }
    if (inode.size() <= LARGEST_INLINE) {
      return (inode.size() + UNIT - 1) / UNIT;
    }
    long chunks = inode.isSparse() ? store.chunks(number) : pieces.count(inode.size());
    return chunks * (pieces.chunk() / UNIT);
  }

  private Inode requireFile(long number) throws IOException {
    var inode = metadata.require(number);
    if (!inode.isFile()) {
      throw new FileError(inode.isDirectory() ? Reason.IS_A_DIRECTORY : Reason.INVALID);
    }
    return inode;
  }
}
