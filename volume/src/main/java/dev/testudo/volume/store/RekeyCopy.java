package dev.testudo.volume.store;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.TreeKey;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/// Copies all entries and chunks of a volume to another one with the same shape, in the order of
/// the keys. What is read is verified. Entries are not interpreted, so names, links, attributes,
/// times, holes and orphans stay what they are.
final class RekeyCopy {
  /// A key after all others: no kind has this number.
  static final byte[] END = {-1, -1, -1, -1, -1, -1, -1, -1, -1};

  private static final int SYNC_BATCHES = 64;

  private final ReadableVolume from;
  private final WritableVolume to;
  private final RekeyListener listener;
  private final int batch;
  private final byte[] content;
  private RekeyMark mark;
  private Changes changes = new Changes();
  private int batched;
  private int batches;
  private long copied;

  /// @param mark what `to` has already
  /// @param batch so many bytes are applied together
  RekeyCopy(
      ReadableVolume from, WritableVolume to, RekeyMark mark, int batch, RekeyListener listener) {
    this.from = from;
    this.to = to;
    this.mark = mark;
    this.batch = batch;
    this.listener = listener;
    this.content = new byte[from.chunkSize()];
  }

  /// Copies what is missing. All of it is in a commit when the volume is closed.
  void run() throws IOException {
    for (var entry = from.next(next(mark.last()), END);
        entry.isPresent();
        entry = from.next(next(mark.last()), END)) {
      copy(entry.get());
      mark = mark.after(entry.get().key());
      if (batched >= batch) {
        apply();
      }
    }
    mark = mark.complete();
    apply();
  }

  /// Returns the first key after one.
  static byte[] next(byte[] key) {
    return key.length == 0 ? key : Arrays.copyOf(key, key.length + 1);
  }

  private void copy(VolumeStore.Entry entry) throws IOException {
    var key = TreeKey.read(entry.key(), "tree");
    if (key.kind() == TreeKey.Kind.RUN) {
      copyRun(key);
    } else if (key.inode() != 0) { // the mark of an earlier change is not copied
      changes.put(key, entry.value());
      batched += CommitBody.size(entry.key(), entry.value().length);
      advance(entry.key().length + entry.value().length);
    }
  }

  private void copyRun(TreeKey run) throws IOException {
    long first = VolumeState.firstOfRun(run);
    for (long number = first; number < first + VolumeState.RUN; number++) {
      if (from.read(run.inode(), number, content, 0)) {
        changes.chunk(run.inode(), number, to.write(content, 0));
        batched += content.length;
        advance(content.length);
      }
    }
  }

  private void advance(long bytes) throws IOException {
    copied += bytes;
    listener.copied(copied, from.space().total());
  }

  private void apply() throws IOException {
    to.apply(changes.mark(mark.write()));
    changes = new Changes();
    batched = 0;
    if (++batches % SYNC_BATCHES == 0) {
      to.sync(); // a run that is killed has not copied for nothing
    }
  }

  /// Fails with the first thing that is not what was written.
  static final class Verification implements ReadableVolume.CheckListener {
    private final RekeyListener listener;
    private final int chunk;
    private final long total;
    private long verified;

    Verification(ReadableVolume volume, RekeyListener listener) throws IOException {
      this.listener = listener;
      this.chunk = volume.chunkSize();
      this.total = volume.space().total();
    }

    @Override
    public void entry(TreeKey key, byte[] value) {
      advance(value.length);
    }

    @Override
    public void chunk(long inode, long number) {
      advance(chunk);
    }

    private void advance(int bytes) {
      verified += bytes;
      listener.verified(verified, total);
    }

    @Override
    public void damagedChunk(long inode, long number, VolumeException why) throws IOException {
      throw why;
    }

    @Override
    public void damagedEntries(byte[] from, Optional<byte[]> to, VolumeException why)
        throws IOException {
      throw why;
    }
  }
}
