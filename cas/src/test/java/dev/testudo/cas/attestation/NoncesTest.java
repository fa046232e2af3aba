package dev.testudo.cas.attestation;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class NoncesTest {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(1000));
  private final Nonces nonces = new Nonces(new SecureRandom(), now::get);
  private final KeyHash key = Identity.ephemeral("a").keyHash();

  @Test
  void howManyAreAskedForHarmsNobody() {
    var first = nonces.issue(key);
    var stranger = Identity.ephemeral("b").keyHash();
    for (var i = 0; i < 20_000; i++) {
      nonces.issue(stranger);
    }
    assertTrue(nonces.verified(first, key).isPresent());
    assertTrue(nonces.use(first, key));
    assertFalse(nonces.use(first, key));
  }

  @Test
  void aChangedOrForeignOneIsNotVerified() {
    var nonce = nonces.issue(key);
    for (var i = 0; i < nonce.length(); i++) {
      var digit = nonce.charAt(i) == '0' ? '1' : '0';
      var changed = nonce.substring(0, i) + digit + nonce.substring(i + 1);
      assertTrue(nonces.verified(changed, key).isEmpty(), changed);
    }
    var other = new Nonces(new SecureRandom(), now::get);
    assertTrue(nonces.verified(other.issue(key), key).isEmpty());
    assertTrue(nonces.verified(nonce.toUpperCase(Locale.ROOT), key).isEmpty());
    assertTrue(nonces.verified("", key).isEmpty());
    assertTrue(nonces.verified(nonce, key).isPresent());
  }

  @Test
  void oneKeyUsesOnlySoManyAMinuteAndTheNextMinuteAgain() {
    for (var i = 0; i < Nonces.MOST_PER_KEY; i++) {
      assertTrue(nonces.use(nonces.issue(key), key));
    }
    assertFalse(nonces.use(nonces.issue(key), key));
    var other = Identity.ephemeral("b").keyHash();
    assertTrue(nonces.use(nonces.issue(other), other));
    now.set(now.get().plus(Nonces.LIFETIME).plusSeconds(1));
    assertTrue(nonces.use(nonces.issue(key), key));
  }

  @Test
  void aFullTableForgetsTheOldestAndLetsNoForgottenOneBeUsedAgain() {
    var small = new Nonces(new SecureRandom(), now::get, 8);
    var first = small.issue(key);
    assertTrue(small.use(first, key));
    now.set(now.get().plusSeconds(1));
    var late = small.issue(key);
    now.set(now.get().plusSeconds(1));
    for (var i = 0; i < 8; i++) {
      assertTrue(small.use(small.issue(key), key));
    }
    assertTrue(small.verified(first, key).isPresent());
    assertFalse(small.use(first, key), "forgotten, so never again");
    assertTrue(small.use(late, key), "newer than everything forgotten");
    assertFalse(small.use(late, key));
  }
}
