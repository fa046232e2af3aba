package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.evidence.Octets;
import java.io.IOException;

/// Reads DER (X.690, section 10) strictly: definite lengths in their shortest form, one byte per
/// tag. For the few structures that the JDK does not read.
final class DerReader {
  static final int BOOLEAN = 0x01;
  static final int INTEGER = 0x02;
  static final int OCTET_STRING = 0x04;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int ENUMERATED = 0x0a;
  static final int UTF8_STRING = 0x0c;
  static final int PRINTABLE_STRING = 0x13;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;

  private final Octets bytes;
  private int at;

  DerReader(Octets bytes) {
    this.bytes = bytes;
  }

  /// Returns whether there is another value.
  boolean hasNext() {
    return at < bytes.length();
  }

  /// Returns the tag of the next value.
  int tag() throws IOException {
    if (!hasNext()) {
      throw new IOException("the value ends too early");
    }
    return bytes.u8(at);
  }

  /// Takes the content of the next value, which must have a tag.
  Octets take(int tag) throws IOException {
    if (tag() != tag) {
      throw new IOException("a value has the tag 0x%02x, not 0x%02x".formatted(tag(), tag));
    }
    at++;
    var length = length();
    if (length > bytes.length() - at) {
      throw new IOException("a value is longer than what contains it");
    }
    var content = bytes.slice(at, length);
    at += length;
    return content;
  }

  /// Takes the next value, which must be constructed.
  DerReader enter(int tag) throws IOException {
    return new DerReader(take(tag));
  }

  /// Takes an octet string of a length.
  Octets octets(int length) throws IOException {
    var content = take(OCTET_STRING);
    if (content.length() != length) {
      throw new IOException(
          "an octet string has %d bytes, not %d".formatted(content.length(), length));
    }
    return content;
  }

  /// Takes an integer from 0 to `most`.
  int integer(int tag, int most) throws IOException {
    var content = take(tag);
    var length = content.length();
    var shortest = length == 1 || (length > 1 && (content.u8(0) != 0 || content.u8(1) >= 0x80));
    if (!shortest || length > 4 || content.u8(0) >= 0x80) {
      throw new IOException("an integer is not from 0 to %d in its shortest form".formatted(most));
    }
    var value = 0;
    for (var i = 0; i < length; i++) {
      value = (value << 8) | content.u8(i);
    }
    if (value > most) {
      throw new IOException("the integer %d is greater than %d".formatted(value, most));
    }
    return value;
  }

  boolean bool() throws IOException {
    var content = take(BOOLEAN);
    if (content.length() != 1 || (content.u8(0) != 0 && content.u8(0) != 0xff)) {
      throw new IOException("a boolean is not one byte, 00 or ff");
    }
    return content.u8(0) != 0;
  }

  /// Checks that nothing is left.
  void done() throws IOException {
    if (hasNext()) {
      throw new IOException("a value is followed by others");
    }
  }

  private int length() throws IOException {
    var first = next();
    if (first < 0x80) {
      return first;
    }
    var count = first & 0x7f;
    if (count == 0 || count > 3) {
      throw new IOException("a length is indefinite or too long");
    }
    var length = 0;
    for (var i = 0; i < count; i++) {
      length = (length << 8) | next();
    }
    if (length < 0x80 || (length >>> (8 * (count - 1))) == 0) {
      throw new IOException("a length is not in its shortest form");
    }
    return length;
  }

  private int next() throws IOException {
    if (!hasNext()) {
      throw new IOException("the value ends too early");
    }
    return bytes.u8(at++);
  }
}
