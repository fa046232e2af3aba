package dev.testudo.cas.store.key;

import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.database.StoreException.Reason;
import dev.testudo.cas.store.seal.Sealer;
import dev.testudo.trust.secret.Secret;
import java.security.SecureRandom;
import java.util.HexFormat;

/// Wraps the seal key with a key of 256 bits. The check value tells a wrong key from a damaged
/// store.
final class Wrapping {
  static final int KEY_BYTES = 32;

  private Wrapping() {}

  /// Wraps `sealKey` with `key`.
  static WrappedKey wrap(
      String method, String parameters, Secret key, Secret sealKey, SecureRandom random) {
    var sealed = sealer(key, random).seal(place(method, parameters), sealKey);
    return new WrappedKey(method, parameters, check(key), HexFormat.of().formatHex(sealed));
  }

  /// Unwraps a key with `key`.
  ///
  /// @param wrong what to report if `key` is not the one that wrapped it
  static Secret unwrap(WrappedKey wrapped, Secret key, String wrong) throws StoreException {
    if (!check(key).equals(wrapped.check())) {
      throw new StoreException(Reason.WRONG_KEY, wrong);
    }
    return sealer(key, new SecureRandom())
        .open(place(wrapped.method(), wrapped.parameters()), bytes(wrapped));
  }

  private static Sealer sealer(Secret key, SecureRandom random) {
    var wrapping = Sealer.derived(key, "AES", "testudo cas master key v1").getEncoded();
    return new Sealer(Secret.taking(wrapping), random);
  }

  private static byte[] bytes(WrappedKey wrapped) throws StoreException {
    try {
      return HexFormat.of().parseHex(wrapped.sealed());
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          Reason.CHANGED_VALUE, "the store was changed: its seal key is damaged");
    }
  }

  private static String check(Secret key) {
    var derived = Sealer.derived(key, "HmacSHA256", "testudo cas master key check v1");
    return HexFormat.of().formatHex(derived.getEncoded());
  }

  private static Sealer.Place place(String method, String parameters) {
    return new Sealer.Place("seal_key", method + "\n" + parameters, 0);
  }
}
