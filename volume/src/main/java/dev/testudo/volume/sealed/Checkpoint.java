package dev.testudo.volume.sealed;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.ChunkPointer;
import dev.testudo.volume.format.FileHead;
import dev.testudo.volume.format.VolumeHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The body of a checkpoint: the whole state of a volume.
///
/// @param header what the header must say, too
/// @param mount the only mount of a read-only volume
/// @param salt the salt of its keys
/// @param height the level of the root: 0 if it is a leaf
/// @param root the root of the tree
/// @param inodes how many inodes there are
/// @param content how many bytes all files have together
/// @param segments how many slots each segment has, with its head
@SuppressWarnings("ArrayRecordComponent") // never compared
record Checkpoint(
    VolumeHeader header,
    byte[] mount,
    byte[] salt,
    int height,
    ChunkPointer root,
    long inodes,
    long content,
    List<Integer> segments) {

  private static final int MOST_SEGMENTS = 1024;
  private static final int HIGHEST = 8;
  private static final int SEGMENT_BYTES = 12;
  private static final int FIXED_BYTES = 100;

  /// Returns how many bytes there are before the segments.
  private static int fixedBytes(VolumeHeader header) {
    return FIXED_BYTES + header.suite().pointerBytes();
  }

  byte[] write() {
    var body =
        ByteBuffer.allocate(fixedBytes(header) + SEGMENT_BYTES * segments.size())
            .order(ByteOrder.LITTLE_ENDIAN);
    body.putInt(header.suite().number()).putInt(header.chunkSize()).putInt(0).putInt(height);
    body.putLong(0); // incompatible features
    root.put(body);
    body.putLong(inodes).putLong(content);
    body.putInt(1).put(mount).put(salt);
    body.putInt(0); // reserved
    body.putInt(segments.size());
    for (var number = 0; number < segments.size(); number++) {
      body.putInt(0).putInt(number).putInt(segments.get(number));
    }
    return body.array();
  }

  /// Reads a verified body.
  ///
  /// @param journal the head of the journal that it is in
  static Checkpoint read(byte[] bytes, VolumeHeader header, FileHead journal)
      throws VolumeException {
    int fixed = fixedBytes(header);
    if (bytes.length < fixed || bytes.length % SEGMENT_BYTES != fixed % SEGMENT_BYTES) {
      throw damaged(journal, "it has no length of a checkpoint");
    }
    var checkpoint = read(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), header, journal);
    // A malicious author can have written anything.
    if (!Arrays.equals(checkpoint.write(), bytes)) {
      throw damaged(journal, "it does not agree with the header");
    }
    return checkpoint;
  }

  private static Checkpoint read(ByteBuffer body, VolumeHeader header, FileHead journal)
      throws VolumeException {
    body.position(12);
    int height = body.getInt();
    body.getLong();
    var root = ChunkPointer.read(body, header.suite());
    long inodes = body.getLong();
    long content = body.getLong();
    body.position(fixedBytes(header) - 4);
    int count = body.getInt();
    if (count != body.remaining() / SEGMENT_BYTES) {
      throw damaged(journal, "it has another number of segments than it says");
    }
    if (height < 0 || height > HIGHEST || count > MOST_SEGMENTS) {
      throw damaged(journal, "its tree or its number of segments exceeds the limit");
    }
    var segments = new ArrayList<Integer>();
    for (var i = 0; i < count; i++) {
      body.position(body.position() + SEGMENT_BYTES - 4);
      segments.add(body.getInt());
    }
    return new Checkpoint(
        header, journal.mount(), journal.salt(), height, root, inodes, content, segments);
  }

  private static VolumeException damaged(FileHead journal, String reason) {
    return VolumeException.damaged(journal.name() + ", checkpoint", reason);
  }

  /// Copies the list.
  Checkpoint {
    segments = List.copyOf(segments);
  }
}
