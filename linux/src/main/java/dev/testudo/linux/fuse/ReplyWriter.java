package dev.testudo.linux.fuse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;

/// Writes one reply after the other into one array, from which the transport sends it. For use by
/// one thread.
final class ReplyWriter {
  /// `sizeof(struct fuse_out_header)`.
  static final int HEADER = 16;

  static final int ENTRY = 128;
  private static final int STATFS_REST = 28;
  private static final int STATX_TO_STATUS = 20;
  private static final int STATX_REST = 112;
  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final int STATX_BTIME = 0x800;

  private final byte[] bytes;
  private final ByteBuffer buffer;

  /// Creates a writer.
  ///
  /// @param room the most bytes that a reply has after its head
  ReplyWriter(int room) {
    bytes = new byte[HEADER + room];
    buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  byte[] array() {
    return bytes;
  }

  /// Returns how many more bytes the reply may have.
  int room() {
    return buffer.remaining();
  }

  int position() {
    return buffer.position();
  }

  /// Begins a reply that has nothing after its head yet.
  ReplyWriter begin() {
    buffer.clear().position(HEADER);
    return this;
  }

  /// Accounts for `length` bytes that were written into the array.
  void advance(int length) {
    buffer.position(buffer.position() + length);
  }

  /// Completes the head. Returns the length of the reply.
  int end(long unique) {
    return head(unique, buffer.position(), 0);
  }

  /// Replaces the reply by an error. Returns its length.
  int error(long unique, int errno) {
    return head(unique, HEADER, -errno);
  }

  /// Completes a message that is no reply (`enum fuse_notify_code`). Returns its length.
  int notification(int code) {
    return head(0, buffer.position(), code);
  }

  private int head(long unique, int length, int error) {
    buffer.putInt(0, length).putInt(4, error).putLong(8, unique);
    return length;
  }

  ReplyWriter number(int number) {
    buffer.putInt(number);
    return this;
  }

  ReplyWriter shortNumber(int number) {
    buffer.putShort((short) number);
    return this;
  }

  ReplyWriter longNumber(long number) {
    buffer.putLong(number);
    return this;
  }

  ReplyWriter bytes(byte[] more) {
    buffer.put(more);
    return this;
  }

  ReplyWriter zeros(int length) {
    for (var i = 0; i < length; i++) {
      buffer.put((byte) 0);
    }
    return this;
  }

  /// `struct fuse_attr`.
  private void attributes(FuseAttributes file) {
    var accessed = file.times().accessed();
    var modified = file.times().modified();
    var changed = file.times().changed();
    longNumber(file.inode()).longNumber(file.size().bytes()).longNumber(file.size().blocks());
    longNumber(accessed.getEpochSecond());
    longNumber(modified.getEpochSecond());
    longNumber(changed.getEpochSecond());
    number(accessed.getNano());
    number(modified.getNano());
    number(changed.getNano());
    number(file.mode()).number(file.links());
    number(file.owner().uid()).number(file.owner().gid());
    number(0).number(file.size().blockSize()).number(0); // rdev, blksize, flags
  }

  /// `struct fuse_attr_out`.
  void status(FuseStatus status) {
    var lifetime = status.lifetimes().attributes();
    longNumber(lifetime.getSeconds()).number(lifetime.getNano()).number(0);
    attributes(status.attributes());
  }

  /// `struct fuse_entry_out`. A negative entry has only the lifetime of its name.
  void entry(FuseEntry entry) {
    Duration names = entry.lifetimes().entry();
    Duration attributes = entry.lifetimes().attributes();
    longNumber(entry.node()).longNumber(entry.generation());
    longNumber(names.getSeconds()).longNumber(attributes.getSeconds());
    number(names.getNano()).number(attributes.getNano());
    if (entry.attributes().isPresent()) {
      attributes(entry.attributes().get());
    } else {
      zeros(ENTRY - 40);
    }
  }

  /// `struct fuse_open_out`.
  void opened(FuseOpened opened) {
    longNumber(opened.handle()).number(opened.flags()).number(0);
  }

  /// `struct fuse_kstatfs`.
  void space(FuseSpace space) {
    longNumber(space.blocks()).longNumber(space.free()).longNumber(space.available());
    longNumber(space.files()).longNumber(space.freeFiles());
    number(space.blockSize()).number(RequestReader.NAME_MAX).number(space.blockSize());
    zeros(STATFS_REST);
  }

  /// `struct fuse_statx_out`.
  void extendedStatus(FuseExtendedStatus extended) {
    var lifetime = extended.status().lifetimes().attributes();
    var file = extended.status().attributes();
    longNumber(lifetime.getSeconds()).number(lifetime.getNano()).zeros(STATX_TO_STATUS);
    number(STATX_BASIC_STATS | STATX_BTIME).number(file.size().blockSize()).longNumber(0);
    number(file.links()).number(file.owner().uid()).number(file.owner().gid());
    shortNumber(file.mode()).shortNumber(0);
    longNumber(file.inode()).longNumber(file.size().bytes()).longNumber(file.size().blocks());
    longNumber(0); // attributes_mask
    statxTime(file.times().accessed());
    statxTime(extended.born());
    statxTime(file.times().changed());
    statxTime(file.times().modified());
    zeros(16).zeros(STATX_REST); // device numbers, spare
  }

  private void statxTime(Instant time) {
    longNumber(time.getEpochSecond()).number(time.getNano()).number(0);
  }
}
