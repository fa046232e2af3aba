package dev.testudo.cas.volume;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.channel.FileProtection;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Identifies what a volume begins with: its key, and the tag that its policy gives it. A session
/// that gives a volume another key or another tag means another content, so what CAS knows about
/// the earlier one does not hold for it.
final class Generation {
  private static final String MAC = "HmacSHA256";
  private static final String PURPOSE = "testudo volume generation v1 ";
  private static final int BYTES = 16;

  private Generation() {}

  /// Returns the generation of a volume, 32 hexadecimal digits. It says nothing about the key.
  static String of(FileProtection protection) {
    return protection.key().reveal(key -> of(key, protection.tag().orElse("")));
  }

  private static String of(byte[] key, String tag) {
    try {
      var mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(key, MAC));
      return HexFormat.of().formatHex(mac.doFinal((PURPOSE + tag).getBytes(UTF_8)), 0, BYTES);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
