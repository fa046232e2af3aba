package dev.testudo.volume.file;

import dev.testudo.volume.format.TreeKey;
import dev.testudo.volume.format.TreeKey.Kind;
import java.nio.ByteBuffer;

/// The keys under which the file system keeps what it knows.
final class FileKeys {
  /// A number that no inode has. Its entries are about the whole file system.
  private static final long VOLUME = 2;

  private FileKeys() {}

  static TreeKey totals() {
    return TreeKey.of(VOLUME, Kind.INODE);
  }

  static TreeKey inode(long number) {
    return TreeKey.of(number, Kind.INODE);
  }

  static TreeKey inline(long number) {
    return TreeKey.of(number, Kind.INLINE);
  }

  static TreeKey target(long number) {
    return TreeKey.of(number, Kind.TARGET);
  }

  static TreeKey name(long directory, byte[] name) {
    return TreeKey.name(directory, name);
  }

  static TreeKey cookie(long directory, long cookie) {
    return new TreeKey(directory, Kind.COOKIE, number(cookie));
  }

  static TreeKey parent(long directory) {
    return TreeKey.of(directory, Kind.PARENT);
  }

  static TreeKey attribute(long number, byte[] name) {
    return new TreeKey(number, Kind.ATTRIBUTE, name);
  }

  /// Marks an inode without a name, which is deleted when nobody uses it any more.
  static TreeKey orphan(long number) {
    return new TreeKey(VOLUME, Kind.ORPHAN, number(number));
  }

  /// Returns the first key of a kind, for searches from there.
  static byte[] first(long inode, Kind kind) {
    return TreeKey.of(inode, kind).bytes();
  }

  static byte[] firstOrphan() {
    return first(VOLUME, Kind.ORPHAN);
  }

  /// Returns a key after all of this kind and inode.
  static byte[] after(long inode, Kind kind) {
    var key = first(inode, kind);
    key[key.length - 1]++;
    return key;
  }

  static byte[] afterOrphans() {
    return after(VOLUME, Kind.ORPHAN);
  }

  private static byte[] number(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }
}
