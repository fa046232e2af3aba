package dev.testudo.cas.attestation;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.trust.pki.KeyHash;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Nonces that were given out. Each is good once, for the key it was given to, for 60 seconds. When
/// the table is full no more are given out: forgetting old ones would let a stranger void everybody
/// else's.
final class Nonces {
  static final Duration LIFETIME = Duration.ofSeconds(60);
  static final int CAPACITY = 16_384;
  private static final int BYTES = 32;

  private record Issued(KeyHash to, Instant at) {}

  /// In the order of their making, so the oldest stand first.
  private final Map<String, Issued> issued = new LinkedHashMap<>();

  private final SecureRandom random;
  private final InstantSource clock;

  Nonces(SecureRandom random, InstantSource clock) {
    this.random = random;
    this.clock = clock;
  }

  synchronized String issue(KeyHash to) throws Refused {
    forgetOld();
    if (issued.size() >= CAPACITY) {
      throw new Refused(
          RefusalId.BUSY, "too many attestations are under way; try again in a minute");
    }
    var bytes = new byte[BYTES];
    random.nextBytes(bytes);
    var nonce = HexFormat.of().formatHex(bytes);
    issued.put(nonce, new Issued(to, clock.instant()));
    return nonce;
  }

  /// The bytes of `nonce` if it is good for `by`. It is used up whatever the answer.
  synchronized Optional<byte[]> take(String nonce, KeyHash by) {
    forgetOld();
    var found = issued.remove(nonce);
    return found == null || !found.to().equals(by)
        ? Optional.empty()
        : Optional.of(HexFormat.of().parseHex(nonce));
  }

  private void forgetOld() {
    var oldest = clock.instant().minus(LIFETIME);
    var entries = issued.values().iterator();
    while (entries.hasNext() && entries.next().at().isBefore(oldest)) {
      entries.remove();
    }
  }
}
