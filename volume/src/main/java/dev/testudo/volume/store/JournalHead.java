package dev.testudo.volume.store;

import dev.testudo.volume.VolumeTag;
import dev.testudo.volume.format.FileHead;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/// The first bytes of a journal: to which mount it belongs, and which record it continues.
///
/// @param file what every file of a volume begins with
/// @param after the record before the first one of this journal
record JournalHead(FileHead file, VolumePosition after) {
  /// After the fields of every file.
  private static final int AFTER = 84;

  byte[] write() {
    var head = ByteBuffer.wrap(file.write()).order(ByteOrder.LITTLE_ENDIAN);
    head.position(AFTER).putLong(after.sequence()).put(after.tag().bytes());
    return head.array();
  }

  /// Reads the head of a journal, if it is one.
  static Optional<JournalHead> read(byte[] bytes) {
    var head = ByteBuffer.wrap(bytes.clone()).order(ByteOrder.LITTLE_ENDIAN);
    long sequence = head.position(AFTER).getLong();
    var tag = new byte[VolumeTag.BYTES];
    head.get(tag);
    Arrays.fill(head.array(), AFTER, head.position(), (byte) 0);
    return sequence < 0
        ? Optional.empty()
        : FileHead.read(FileHead.Type.JOURNAL, head.array())
            .map(file -> new JournalHead(file, new VolumePosition(sequence, VolumeTag.of(tag))));
  }
}
