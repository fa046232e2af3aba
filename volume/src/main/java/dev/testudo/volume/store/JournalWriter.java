package dev.testudo.volume.store;

import dev.testudo.volume.format.FileHead;
import java.io.IOException;

/// The journal that a mount writes to. For one thread at a time.
///
/// The file is filled with zeros ahead of the records, so that making a record durable does not
/// change the file system's own metadata.
final class JournalWriter implements AutoCloseable {
  private static final byte[] ZEROS = new byte[64 << 10];

  private final BackingFile file;
  private final String name;
  private final int growth;
  private long end;
  private long grown;

  private JournalWriter(BackingFile file, String name, int growth) {
    this.file = file;
    this.name = name;
    this.growth = growth;
  }

  /// Creates a journal with room for its head and `length` bytes of records.
  static JournalWriter create(Backing backing, String name, StoreTuning tuning, long length)
      throws IOException {
    var file = backing.create(name);
    var journal =
        new JournalWriter(file, name, Math.min(tuning.growthBytes(), tuning.journalBytes()));
    try {
      journal.reserve(FileHead.BYTES + length);
      return journal;
    } catch (IOException e) {
      file.close();
      backing.delete(name);
      throw e;
    }
  }

  String name() {
    return name;
  }

  /// Returns how many bytes the records have.
  long length() {
    return end;
  }

  /// Writes the head.
  void begin(JournalHead head) throws IOException {
    file.write(0, head.write(), 0, FileHead.BYTES);
    end = FileHead.BYTES;
  }

  /// Makes room for a record.
  ///
  /// @throws NoSpaceException if there is no space; nothing has been written
  void reserve(long bytes) throws IOException {
    if (end + bytes <= grown) {
      return;
    }
    long to = (end + bytes + growth - 1) / growth * growth;
    file.allocate(grown, to - grown);
    for (long at = grown; at < to; at += ZEROS.length) {
      file.write(at, ZEROS, 0, (int) Math.min(ZEROS.length, to - at));
    }
    grown = to;
  }

  /// Writes a record, for which there is room.
  void append(byte[] record) throws IOException {
    file.write(end, record, 0, record.length);
    end += record.length;
  }

  void sync() throws IOException {
    file.sync();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
