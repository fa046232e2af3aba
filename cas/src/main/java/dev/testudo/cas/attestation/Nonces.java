package dev.testudo.cas.attestation;

import dev.testudo.trust.pki.KeyHash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Issues and checks nonces. A nonce carries its time and a MAC over the time and the key that it
/// was issued to, so CAS stores nothing until it is used: asking for nonces costs no memory. Each
/// nonce is valid once, for that key, for [#LIFETIME].
///
/// A nonce consists of 8 bytes of time (milliseconds since the epoch), 8 random bytes, and the
/// first 16 bytes of an HMAC-SHA256. The key of the MAC is generated when CAS starts and not
/// stored. So nonces of an earlier process, which may have been used, are invalid.
final class Nonces {
  static final Duration LIFETIME = Duration.ofSeconds(60);

  /// The most used nonces that are remembered.
  private static final int CAPACITY = 65_536;

  /// The most nonces that one key may use within [#LIFETIME].
  static final int MOST_PER_KEY = 64;

  private static final int BYTES = 32;
  private static final int MAC_BYTES = 16;
  private static final String MAC = "HmacSHA256";

  private final int capacity;
  private final SecretKeySpec secret;
  private final SecureRandom random;
  private final InstantSource clock;

  /// The used nonces and their keys. The hexadecimal text begins with the time, so
  /// the oldest come first.
  private final TreeMap<String, KeyHash> used = new TreeMap<>();

  private final Map<KeyHash, Integer> perKey = new HashMap<>();

  /// This nonce and all older ones are refused, used or not, because the table had no
  /// room to remember them.
  private String forgotten = "";

  Nonces(SecureRandom random, InstantSource clock) {
    this(random, clock, CAPACITY);
  }

  /// Creates a table that remembers `capacity` used nonces.
  Nonces(SecureRandom random, InstantSource clock, int capacity) {
    this.capacity = capacity;
    var bytes = new byte[BYTES];
    random.nextBytes(bytes);
    this.secret = new SecretKeySpec(bytes, MAC);
    Arrays.fill(bytes, (byte) 0);
    this.random = random;
    this.clock = clock;
  }

  /// Returns a nonce for `to`: 64 hexadecimal digits.
  String issue(KeyHash to) {
    var salt = new byte[BYTES - MAC_BYTES - Long.BYTES];
    random.nextBytes(salt);
    var head = ByteBuffer.allocate(BYTES - MAC_BYTES).putLong(clock.millis()).put(salt).array();
    return HexFormat.of().formatHex(head) + HexFormat.of().formatHex(mac(head, to));
  }

  /// Returns the bytes of `nonce` if it was issued to `by` and has not expired. Does not use it up.
  Optional<byte[]> verified(String nonce, KeyHash by) {
    if (nonce.length() != 2 * BYTES || !nonce.matches("[0-9a-f]+")) {
      return Optional.empty();
    }
    var bytes = HexFormat.of().parseHex(nonce);
    var head = Arrays.copyOf(bytes, BYTES - MAC_BYTES);
    var mac = Arrays.copyOfRange(bytes, BYTES - MAC_BYTES, BYTES);
    var age = clock.millis() - ByteBuffer.wrap(head).getLong();
    return MessageDigest.isEqual(mac, mac(head, by)) && age >= 0 && age <= LIFETIME.toMillis()
        ? Optional.of(bytes)
        : Optional.empty();
  }

  /// Uses up a nonce that is verified for `by`. Returns false if it was used already, or if `by`
  /// has used as many as one key may.
  synchronized boolean use(String nonce, KeyHash by) {
    forgetOld();
    if (nonce.compareTo(forgotten) <= 0
        || used.containsKey(nonce)
        || perKey.getOrDefault(by, 0) >= MOST_PER_KEY) {
      return false;
    }
    if (used.size() == capacity) {
      // Fail closed: an unused nonce as old as this one becomes invalid, and its owner
      // must ask for another.
      forgotten = used.firstKey();
      forgetFirst();
    }
    used.put(nonce, by);
    perKey.merge(by, 1, Integer::sum);
    return true;
  }

  private void forgetOld() {
    var oldest = HexFormat.of().toHexDigits(clock.millis() - LIFETIME.toMillis());
    while (!used.isEmpty() && used.firstKey().compareTo(oldest) < 0) {
      forgetFirst();
    }
  }

  private void forgetFirst() {
    var entry = used.pollFirstEntry();
    perKey.computeIfPresent(entry.getValue(), (_, count) -> count == 1 ? null : count - 1);
  }

  private byte[] mac(byte[] head, KeyHash key) {
    try {
      var mac = Mac.getInstance(MAC);
      mac.init(secret);
      mac.update(head);
      var all = mac.doFinal(key.text().getBytes(StandardCharsets.US_ASCII));
      return Arrays.copyOf(all, MAC_BYTES);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
