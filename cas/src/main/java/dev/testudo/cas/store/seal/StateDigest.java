package dev.testudo.cas.store.seal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/// A keyed sum over all rows of a database: the HMAC-SHA256 of each row, added modulo 2²⁵⁶. It does
/// not depend on the rows' order, so one row's coming or going costs one HMAC. Without the key
/// nobody makes other rows with the same sum (MSet-Add-Hash, Clarke et al. 2003).
public final class StateDigest {
  private final SecretKey key;

  /// Sums under `key`.
  public StateDigest(SecretKey key) {
    this.key = key;
  }

  /// A sum.
  public record Sum(ByteBuffer value) {
    private static final int BYTES = 32;

    /// Of no row.
    public static final Sum ZERO = of(new byte[BYTES]);

    /// Returns the sum with these 32 bytes.
    public static Sum of(byte[] bytes) {
      return new Sum(ByteBuffer.wrap(Arrays.copyOf(bytes, BYTES)).asReadOnlyBuffer());
    }

    /// Returns its 32 bytes.
    public byte[] bytes() {
      var bytes = new byte[BYTES];
      value.duplicate().get(bytes);
      return bytes;
    }

    /// Returns the sum of this and `other`.
    public Sum plus(Sum other) {
      return combined(bytes(), other.bytes(), 1);
    }

    /// Returns this without `other`.
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

  /// The sum of one row.
  ///
  /// @param table its table
  /// @param values its columns in a fixed order: `String`, `Long` or `byte[]`
  public Sum of(String table, Object... values) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      update(mac, table.getBytes(StandardCharsets.UTF_8));
      for (var value : values) {
        update(mac, bytes(value));
      }
      return Sum.of(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
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

  private static void update(Mac mac, byte[] value) {
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(value.length).array());
    mac.update(value);
  }
}
