package dev.testudo.volume.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// The first bytes of a journal or a segment, which are not encrypted: to which mount the file
/// belongs, and the salt of that mount's keys.
///
/// @param volume the id of the volume
/// @param mount the id of the mount that wrote the file
/// @param salt the salt of its keys
/// @param number the number of the file among those of its type and mount
@SuppressWarnings("ArrayRecordComponent") // never compared
public record FileHead(Type type, byte[] volume, byte[] mount, byte[] salt, int number) {
  /// The length of a head.
  public static final int BYTES = 512;

  /// The length of the id of a mount.
  public static final int MOUNT_BYTES = 16;

  /// The length of a salt.
  public static final int SALT_BYTES = 32;

  /// What a file is.
  public enum Type {
    /// A journal.
    JOURNAL('j', "testudo-journal\0"),
    /// A segment.
    SEGMENT('s', "testudo-segment\0");

    private final char letter;
    private final String magic;

    Type(char letter, String magic) {
      this.letter = letter;
      this.magic = magic;
    }

    private byte[] magic() {
      return magic.getBytes(US_ASCII);
    }

    /// Returns the name of the file `number` of a mount.
    public String name(byte[] mount, int number) {
      return HexFormat.of().formatHex(mount) + '.' + letter + number;
    }
  }

  /// Returns the name of the file.
  public String name() {
    return type.name(mount, number);
  }

  /// Returns the bytes of the head. A journal of a read-only volume continues no other one, so the
  /// fields for that are 0.
  public byte[] write() {
    var head = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return head.put(type.magic()).put(volume).put(mount).put(salt).putInt(number).array();
  }

  /// Reads the head of a file, if it is one.
  public static Optional<FileHead> read(Type type, byte[] bytes) {
    var head = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (!Arrays.equals(take(head, type.magic().length), type.magic())) {
      return Optional.empty();
    }
    var volume = take(head, VolumeHeader.ID_BYTES);
    var mount = take(head, MOUNT_BYTES);
    var salt = take(head, SALT_BYTES);
    var read = new FileHead(type, volume, mount, salt, head.getInt());
    return Arrays.equals(read.write(), bytes) ? Optional.of(read) : Optional.empty();
  }

  /// Returns whether a file begins like one of this volume.
  public static boolean isOf(byte[] bytes, byte[] volume) {
    for (var type : Type.values()) {
      var magic = type.magic();
      int end = magic.length + volume.length;
      if (Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length)
          && Arrays.equals(bytes, magic.length, end, volume, 0, volume.length)) {
        return true;
      }
    }
    return false;
  }

  private static byte[] take(ByteBuffer from, int length) {
    var bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }
}
