package dev.testudo.volume.store;

import dev.testudo.volume.format.FileHead;
import dev.testudo.volume.format.VolumeHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The body of a checkpoint: the whole state of a volume, with what is in the slots.
///
/// @param height the level of the root of the tree
/// @param root where the root is
/// @param nextSegment the id that the next segment gets; ids are never used again
/// @param mounts all mounts with segments, and that of the journal
/// @param segments all segments with content
record CheckpointBody(
    int height, SlotPointer root, int nextSegment, List<Mount> mounts, List<Segment> segments) {
  private static final int FIXED_BYTES = 40;
  private static final int MOUNT_BYTES = FileHead.MOUNT_BYTES + FileHead.SALT_BYTES + Long.BYTES;
  private static final int SEGMENT_BYTES = 5 * Integer.BYTES;

  /// A mount.
  ///
  /// @param fence the number of its lease
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Mount(byte[] id, byte[] salt, long fence) {}

  /// A segment.
  ///
  /// @param id what pointers call it
  /// @param mount the index of its mount
  /// @param number its number among those of the mount
  /// @param slots how many slots have been used, with the head
  /// @param live how many slots have content
  record Segment(int id, int mount, int number, int slots, int live) {}

  CheckpointBody {
    mounts = List.copyOf(mounts);
    segments = List.copyOf(segments);
  }

  byte[] write(VolumeHeader header) {
    int length =
        FIXED_BYTES
            + header.suite().pointerBytes()
            + MOUNT_BYTES * mounts.size()
            + SEGMENT_BYTES * segments.size();
    var body = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    putShape(body, header);
    body.putInt(height).putInt(nextSegment).putInt(mounts.size()).putInt(segments.size());
    root.put(body, header.chunkSize());
    for (var mount : mounts) {
      body.put(mount.id).put(mount.salt).putLong(mount.fence);
    }
    for (var segment : segments) {
      body.putInt(segment.id).putInt(segment.mount).putInt(segment.number);
      body.putInt(segment.slots).putInt(segment.live);
    }
    return body.array();
  }

  private static void putShape(ByteBuffer body, VolumeHeader header) {
    // suite, size of a chunk, epoch of the key, reserved, features that a reader must know
    body.putInt(header.suite().number()).putInt(header.chunkSize()).putInt(0).putInt(0);
    body.putLong(header.form().forReaders());
  }

  /// Reads a verified body. Its author may be malicious.
  static CheckpointBody read(byte[] bytes, VolumeHeader header) throws MalformedException {
    if (bytes.length < FIXED_BYTES + header.suite().pointerBytes()) {
      throw new MalformedException("a checkpoint is too short");
    }
    var body = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    var shape = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    putShape(shape, header);
    if (!Arrays.equals(bytes, 0, 24, shape.array(), 0, 24)) {
      throw new MalformedException("a checkpoint does not agree with the header");
    }
    body.position(24);
    int height = body.getInt();
    int nextSegment = body.getInt();
    int mounts = body.getInt();
    int segments = body.getInt();
    @Nullable SlotPointer root = SlotPointer.read(body, header.suite(), header.chunkSize());
    boolean possible =
        root != null
            && height >= 0
            && height <= VolumeTree.HIGHEST
            && nextSegment >= 0
            && mounts >= 0
            && segments >= 0
            && body.remaining() == (long) mounts * MOUNT_BYTES + (long) segments * SEGMENT_BYTES;
    if (!possible || root == null) {
      throw new MalformedException("a checkpoint has a wrong head");
    }
    var readMounts = mounts(body, mounts);
    return new CheckpointBody(
        height, root, nextSegment, readMounts, segments(body, segments, mounts, nextSegment));
  }

  private static List<Mount> mounts(ByteBuffer body, int count) {
    var mounts = new ArrayList<Mount>();
    for (int i = 0; i < count; i++) {
      var id = new byte[FileHead.MOUNT_BYTES];
      body.get(id);
      var salt = new byte[FileHead.SALT_BYTES];
      body.get(salt);
      mounts.add(new Mount(id, salt, body.getLong()));
    }
    return mounts;
  }

  private static List<Segment> segments(ByteBuffer body, int count, int mounts, int nextSegment)
      throws MalformedException {
    var segments = new ArrayList<Segment>();
    int last = -1;
    for (int i = 0; i < count; i++) {
      var segment =
          new Segment(body.getInt(), body.getInt(), body.getInt(), body.getInt(), body.getInt());
      boolean possible =
          segment.id > last
              && segment.id < nextSegment
              && segment.mount >= 0
              && segment.mount < mounts
              && segment.number >= 0
              && segment.slots >= 1
              && segment.live >= 0
              && segment.live < segment.slots;
      if (!possible) {
        throw new MalformedException("a checkpoint has an impossible segment");
      }
      last = segment.id;
      segments.add(segment);
    }
    return segments;
  }
}
