package dev.testudo.vm.cpio;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;

/// The header of an entry: magic, then thirteen numbers of eight hexadecimal digits.
final class CpioHeader {
  static final String MAGIC = "070701";
  static final int BYTES = 6 + 13 * 8;

  private static final String MAGIC_WITH_CHECKSUM = "070702";
  private static final int DIGITS = 8;

  private final long[] fields;

  private CpioHeader(long[] fields) {
    this.fields = fields;
  }

  static CpioHeader read(HostileBytes archive, long at) throws VmException {
    var text = new String(archive.slice(at, BYTES, "a header").toBytes(), US_ASCII);
    if (text.startsWith(MAGIC_WITH_CHECKSUM)) {
      throw archive.unsupported("it has the format crc; write it as newc");
    }
    if (!text.startsWith(MAGIC)) {
      throw archive.malformed("at offset %d begins no entry of the format newc".formatted(at));
    }
    var fields = new long[13];
    for (var i = 0; i < fields.length; i++) {
      fields[i] = number(archive, text, MAGIC.length() + i * DIGITS);
    }
    return new CpioHeader(fields);
  }

  private static long number(HostileBytes archive, String text, int at) throws VmException {
    var number = 0L;
    for (var i = at; i < at + DIGITS; i++) {
      var digit = text.charAt(i) < 0x80 ? Character.digit(text.charAt(i), 16) : -1;
      if (digit < 0) {
        throw archive.malformed("a number in a header is not hexadecimal");
      }
      number = number << 4 | digit;
    }
    return number;
  }

  int mode() {
    return (int) fields[1];
  }

  long user() {
    return fields[2];
  }

  long group() {
    return fields[3];
  }

  long links() {
    return fields[4];
  }

  long modified() {
    return fields[5];
  }

  long contentBytes() {
    return fields[6];
  }

  long major() {
    return fields[9];
  }

  long minor() {
    return fields[10];
  }

  long nameBytes() {
    return fields[11];
  }
}
