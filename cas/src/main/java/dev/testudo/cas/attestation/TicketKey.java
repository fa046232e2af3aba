package dev.testudo.cas.attestation;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cas.store.Outcome;
import dev.testudo.cas.store.Store;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The key of the MAC in all tickets. It is generated once and kept in the store, so that tickets
/// survive a restart and are valid at each replica. Thread-safe.
final class TicketKey {
  private static final String SETTING = "renewal-key";
  private static final int BYTES = 32;
  private static final String MAC = "HmacSHA256";

  private final SecretKeySpec key;

  private TicketKey(SecretKeySpec key) {
    this.key = key;
  }

  /// Returns the key of the CAS whose store this is.
  static TicketKey of(Store store, SecureRandom random) throws IOException {
    return store.transact(
        Optional.empty(),
        transaction -> {
          var stored = transaction.setting(SETTING);
          if (stored.isPresent()) {
            return Outcome.unlogged(of(stored.get()));
          }
          var bytes = new byte[BYTES];
          random.nextBytes(bytes);
          try (var made = Secret.taking(bytes)) {
            transaction.addSetting(SETTING, made);
            return Outcome.unlogged(of(made));
          }
        });
  }

  /// Returns a key of 32 bytes.
  static TicketKey of(Secret secret) {
    return new TicketKey(secret.reveal(bytes -> new SecretKeySpec(bytes, MAC)));
  }

  /// Returns the MAC of some words, 64 hexadecimal digits. The first word names the purpose.
  String mac(List<String> words) {
    try {
      var mac = Mac.getInstance(MAC);
      mac.init(key);
      for (var word : words) {
        var bytes = word.getBytes(UTF_8);
        mac.update((bytes.length + ":").getBytes(UTF_8));
        mac.update(bytes);
      }
      return HexFormat.of().formatHex(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /// Returns true if `written` is the MAC of the words.
  boolean isMac(String written, List<String> words) {
    return MessageDigest.isEqual(written.getBytes(UTF_8), mac(words).getBytes(UTF_8));
  }
}
