package dev.testudo.volume.store;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.ChunkCipher;
import dev.testudo.volume.format.FileHead;
import dev.testudo.volume.format.VolumeHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A journal that was read once, up to the first record that is not valid. It begins with a
/// checkpoint.
final class ScannedJournal implements AutoCloseable {
  /// The most records of a journal.
  private static final int MOST_RECORDS = 1 << 20;

  private final BackingFile file;
  private final JournalHead head;
  private final VolumeHeader header;
  private final RecordCodec codec;
  private final List<Entry> entries = new ArrayList<>();
  private boolean rubbish;
  private long fence;
  private long known;
  private boolean commits;

  private record Entry(long offset, VolumePosition position) {}

  private ScannedJournal(
      BackingFile file, JournalHead head, VolumeHeader header, RecordCodec codec) {
    this.file = file;
    this.head = head;
    this.header = header;
    this.codec = codec;
  }

  /// Reads a journal. Returns nothing if it is none of this volume.
  static Optional<ScannedJournal> scan(
      Backing backing, String name, VolumeHeader header, Secret key) throws IOException {
    var file = backing.open(name);
    var bytes = new byte[FileHead.BYTES];
    boolean whole = file.read(0, bytes, 0, bytes.length) == bytes.length;
    var head =
        whole
            ? JournalHead.read(bytes).filter(h -> isOf(h.file(), name, header))
            : Optional.<JournalHead>empty();
    if (head.isEmpty()) {
      file.close();
      return Optional.empty();
    }
    var codec = new RecordCodec(key, header, head.get().file().salt(), ChunkCipher.Ledger.NONE);
    var journal = new ScannedJournal(file, head.get(), header, codec);
    journal.scan();
    return Optional.of(journal);
  }

  private static boolean isOf(FileHead head, String name, VolumeHeader header) {
    return head.name().equals(name) && Arrays.equals(head.volume(), header.id());
  }

  private void scan() throws IOException {
    var before = head.after();
    long offset = FileHead.BYTES;
    var open = read(offset, before);
    while (open.isPresent() && entries.size() < MOST_RECORDS && follows(open.get())) {
      var record = open.get();
      entries.add(new Entry(offset, record.position()));
      if (record.kind() == RecordKind.COMMIT) {
        commits = true;
        known = Math.max(known, CommitBody.known(record.body()));
      }
      offset += RecordCodec.aligned(record.body().length, header.suite());
      before = record.position();
      open = read(offset, before);
    }
    rubbish = isRubbish(offset);
  }

  /// A journal begins with a checkpoint that can be read, and its table has the mount.
  private boolean follows(RecordCodec.OpenRecord record) {
    if (!entries.isEmpty()) {
      return true;
    }
    if (record.kind() != RecordKind.CHECKPOINT) {
      return false;
    }
    try {
      for (var mount : CheckpointBody.read(record.body(), header).mounts()) {
        if (Arrays.equals(mount.id(), head.file().mount())) {
          fence = mount.fence();
          return Arrays.equals(mount.salt(), head.file().salt());
        }
      }
    } catch (MalformedException _) {
      // The author is malicious; the journal has no use.
    }
    return false;
  }

  private Optional<RecordCodec.OpenRecord> read(long offset, VolumePosition before)
      throws IOException {
    var first = new byte[RecordCodec.HEAD_BYTES];
    if (file.read(offset, first, 0, first.length) < first.length) {
      return Optional.empty();
    }
    var found = RecordCodec.head(first, before.sequence() + 1);
    if (found.isEmpty() || offset + found.get().bytes(header.suite()) > file.size()) {
      return Optional.empty();
    }
    var record = new byte[found.get().bytes(header.suite())];
    if (file.read(offset, record, 0, record.length) < record.length) {
      return Optional.empty();
    }
    // The head is read again with the rest, and only what was checked is used.
    return RecordCodec.head(record, before.sequence() + 1)
        .filter(found.get()::equals)
        .flatMap(same -> codec.open(same, before, record));
  }

  private boolean isRubbish(long offset) throws IOException {
    var next = new byte[FileHead.BYTES];
    int count = file.read(offset, next, 0, next.length);
    for (int i = 0; i < count; i++) {
      if (next[i] != 0) {
        return true;
      }
    }
    return false;
  }

  String name() {
    return head.file().name();
  }

  JournalHead head() {
    return head;
  }

  /// Returns the fence of the mount that wrote it.
  long fence() {
    return fence;
  }

  /// Returns whether it is the journal with which a volume begins, and has no commit.
  boolean isBeginning() {
    return head.after().sequence() == 0 && !commits;
  }

  /// Returns up to which record everything was durable and acknowledged, as its records say.
  long known() {
    return known;
  }

  /// Returns how many records are valid.
  int count() {
    return entries.size();
  }

  /// Returns whether something that is no record follows the valid records.
  boolean endsInRubbish() {
    return rubbish;
  }

  /// Returns the position of a record.
  VolumePosition position(int index) {
    return entries.get(index).position;
  }

  /// Returns the position of the last valid record, or what the journal continues.
  VolumePosition last() {
    return entries.isEmpty() ? head.after() : entries.getLast().position;
  }

  /// Returns the index of the record with this position: -1 for what the journal continues; less
  /// if there is none.
  int find(VolumePosition position) {
    long index = position.sequence() - head.after().sequence() - 1;
    if (index < -1 || index >= entries.size()) {
      return -2;
    }
    var found = index < 0 ? head.after() : position((int) index);
    return found.equals(position) ? (int) index : -2;
  }

  /// Reads a record again, and verifies it again.
  RecordCodec.OpenRecord record(int index) throws IOException {
    var before = index == 0 ? head.after() : position(index - 1);
    var entry = entries.get(index);
    return read(entry.offset, before)
        .filter(record -> record.position().equals(entry.position))
        .orElseThrow(
            () ->
                VolumeException.damaged(
                    name(), "record %d has changed".formatted(entry.position.sequence())));
  }

  @Override
  public void close() throws IOException {
    codec.close();
    file.close();
  }
}
