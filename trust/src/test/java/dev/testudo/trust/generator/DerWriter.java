package dev.testudo.trust.generator;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// Writes DER (X.690), as far as certificates and revocation lists need it.
public final class DerWriter {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private DerWriter() {}

  public static byte[] sequence(byte[]... parts) {
    return value(0x30, concat(parts));
  }

  public static byte[] octets(byte[] bytes) {
    return value(0x04, bytes);
  }

  public static byte[] bits(byte[] bytes) {
    return value(0x03, concat(new byte[] {0}, bytes));
  }

  public static byte[] integer(long number) {
    return value(0x02, BigInteger.valueOf(number).toByteArray());
  }

  public static byte[] truth() {
    return value(0x01, new byte[] {(byte) 0xff});
  }

  public static byte[] ia5(String text) {
    return value(0x16, text.getBytes(StandardCharsets.US_ASCII));
  }

  /// Returns a GeneralizedTime, also for years in which RFC 5280 asks for a UTCTime.
  public static byte[] time(Instant instant) {
    return value(0x18, TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
  }

  /// Returns an explicit tag of the context around `content`.
  public static byte[] tagged(int number, byte[]... content) {
    return value(0xa0 + number, concat(content));
  }

  public static byte[] oid(String dotted) {
    var arcs = dotted.split("\\.", -1);
    var out = new ByteArrayOutputStream();
    out.write(40 * Integer.parseInt(arcs[0]) + Integer.parseInt(arcs[1]));
    for (var i = 2; i < arcs.length; i++) {
      var arc = Integer.parseInt(arcs[i]);
      for (var shift = 28; shift > 0; shift -= 7) {
        if (arc >>> shift != 0) {
          out.write(0x80 | (arc >>> shift & 0x7f));
        }
      }
      out.write(arc & 0x7f);
    }
    return value(0x06, out.toByteArray());
  }

  public static byte[] value(int tag, byte[] content) {
    var out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else if (content.length < 0x100) {
      out.write(0x81);
      out.write(content.length);
    } else {
      out.write(0x82);
      out.write(content.length >>> 8);
      out.write(content.length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  public static byte[] concat(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (var part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
