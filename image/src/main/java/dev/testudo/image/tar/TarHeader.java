package dev.testudo.image.tar;

import java.util.Arrays;

/// The fields of a header block.
final class TarHeader {
  static final int BLOCK = 512;

  private final byte[] block;

  private TarHeader(byte[] block) {
    this.block = block;
  }

  /// Checks the sum over the block.
  static TarHeader of(byte[] block) throws TarException {
    var header = new TarHeader(block);
    long sum = 0;
    long signed = 0;
    for (var i = 0; i < BLOCK; i++) {
      // The field itself counts as spaces. Old tars sum signed bytes.
      var value = i >= 148 && i < 156 ? ' ' : block[i];
      sum += value & 0xff;
      signed += value;
    }
    var written = header.number(148, 8, "checksum");
    if (written != sum && written != signed) {
      throw TarException.malformed("the checksum of a header is wrong");
    }
    return header;
  }

  char type() {
    return (char) (block[156] & 0xff);
  }

  /// Returns the name, to which the prefix field belongs in the format ustar, but not in GNU's.
  String name() {
    var name = text(0, 100);
    if (!isUstar()) {
      return name;
    }
    var star = matches(508, "tar\0");
    var prefix = text(345, star ? 131 : 155);
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private boolean isUstar() {
    return matches(257, "ustar\0");
  }

  private boolean hasNames() {
    return matches(257, "ustar");
  }

  private boolean matches(int at, String text) {
    for (var i = 0; i < text.length(); i++) {
      if (block[at + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  String linkTarget() {
    return text(157, 100);
  }

  int mode() throws TarException {
    return (int) (number(100, 8, "mode") & 07777);
  }

  long uid() throws TarException {
    return number(108, 8, "user id");
  }

  long gid() throws TarException {
    return number(116, 8, "group id");
  }

  long size() throws TarException {
    return number(124, 12, "size");
  }

  long mtime() throws TarException {
    return number(136, 12, "time");
  }

  String user() {
    return hasNames() ? text(265, 32) : "";
  }

  String group() {
    return hasNames() ? text(297, 32) : "";
  }

  int deviceMajor() throws TarException {
    return device(329);
  }

  int deviceMinor() throws TarException {
    return device(337);
  }

  private int device(int at) throws TarException {
    var number = hasNames() ? number(at, 8, "device number") : 0;
    if (number < 0 || number > 0xF_FFFF) {
      throw TarException.malformed("a device number is out of range");
    }
    return (int) number;
  }

  private String text(int at, int length) {
    var end = at;
    while (end < at + length && block[end] != 0) {
      end++;
    }
    return RawText.decode(Arrays.copyOfRange(block, at, end));
  }

  /// Reads octal digits, or a two's complement number if the first bit is set (GNU tar).
  private long number(int at, int length, String field) throws TarException {
    return (block[at] & 0x80) != 0 ? binary(at, length, field) : octal(at, length, field);
  }

  private long binary(int at, int length, String field) throws TarException {
    // The first bit is the marker; the second is the sign.
    var first = (long) ((byte) (block[at] << 1) >> 1);
    var value = first;
    for (var i = at + 1; i < at + length; i++) {
      if (value > Long.MAX_VALUE >> 8 || value < Long.MIN_VALUE >> 8) {
        throw TarException.malformed("the %s of an entry is out of range".formatted(field));
      }
      value = (value << 8) | (block[i] & 0xff);
    }
    return value;
  }

  private long octal(int at, int length, String field) throws TarException {
    var start = at;
    var end = at + length;
    while (start < end && (block[start] == ' ' || block[start] == 0)) {
      start++;
    }
    var value = 0L;
    var i = start;
    for (; i < end && block[i] >= '0' && block[i] <= '7'; i++) {
      value = (value << 3) | (block[i] - '0');
    }
    for (; i < end; i++) {
      if (block[i] != ' ' && block[i] != 0) {
        throw TarException.malformed("the %s of an entry is not a number".formatted(field));
      }
    }
    return value;
  }
}
