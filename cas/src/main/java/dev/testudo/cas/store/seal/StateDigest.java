package dev.testudo.cas.store.seal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/// A keyed digest of all rows of a database: the sum of the HMAC-SHA256 of each row, modulo 2²⁵⁶.
/// It does not depend on the order of rows, so adding or removing a row costs one HMAC. Without the
/// key nobody can construct other rows with the same digest (MSet-Add-Hash, Clarke et al. 2003).
/// Thread-safe.
public final class StateDigest {
  /// Is initialised once: that takes longer than to compute the HMAC of a row.
  private final Mac mac;

  /// Creates a digest with the given key.
  public StateDigest(SecretKey key) {
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no HMAC-SHA256 for this key", e);
    }
  }

  /// The digest of some rows.
  public record Sum(ByteBuffer value) {
    private static final int BYTES = 32;

    /// The digest of no rows.
    public static final Sum ZERO = of(new byte[BYTES]);

    /// Returns the digest with these 32 bytes.
    public static Sum of(byte[] bytes) {
      return new Sum(ByteBuffer.wrap(Arrays.copyOf(bytes, BYTES)).asReadOnlyBuffer());
    }

    /// Returns the 32 bytes of the digest.
    public byte[] bytes() {
      var bytes = new byte[BYTES];
      value.duplicate().get(bytes);
      return bytes;
    }

    /// Returns the digest with the rows of `other` added.
    public Sum plus(Sum other) {
      return combined(bytes(), other.bytes(), 1);
    }

    /// Returns the digest with the rows of `other` removed.
    public Sum minus(Sum other) {
      return combined(bytes(), other.bytes(), -1);
    }

    private static Sum combined(byte[] one, byte[] other, int sign) {
      var carry = 0;
      for (var i = BYTES - 1; i >= 0; i--) {
        var digit = (one[i] & 0xff) + sign * (other[i] & 0xff) + carry;
        one[i] = (byte) digit;
        carry = digit >> 8;
      }
      return of(one);
    }
  }

  /// Returns the digest of one row.
  ///
  /// @param table the table of the row
  /// @param values its columns in a fixed order: `String`, `Long` or `byte[]`
  public synchronized Sum of(String table, Object... values) {
    var done = false;
    try {
      update(table.getBytes(StandardCharsets.UTF_8));
      for (var value : values) {
        update(bytes(value));
      }
      var sum = Sum.of(mac.doFinal());
      done = true;
      return sum;
    } finally {
      if (!done) {
        mac.reset();
      }
    }
  }

  private static byte[] bytes(Object value) {
    return switch (value) {
      case String text -> text.getBytes(StandardCharsets.UTF_8);
      case Long number -> ByteBuffer.allocate(Long.BYTES).putLong(number).array();
      case byte[] bytes -> bytes;
      default -> throw new IllegalArgumentException("a column of an unknown type");
    };
  }

  private void update(byte[] value) {
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(value.length).array());
    mac.update(value);
  }
}
