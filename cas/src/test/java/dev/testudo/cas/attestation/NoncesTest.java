package dev.testudo.cas.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.trust.pki.Identity;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class NoncesTest {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final Nonces nonces = new Nonces(new SecureRandom(), now::get);

  @Test
  void aFullTableGivesOutNoMoreAndVoidsNone() throws Refused {
    var key = Identity.ephemeral("a").keyHash();
    var first = nonces.issue(key);
    for (var i = 1; i < Nonces.CAPACITY; i++) {
      nonces.issue(key);
    }
    var e = assertThrows(Refused.class, () -> nonces.issue(key));
    assertEquals(RefusalId.BUSY, e.id());
    assertTrue(nonces.take(first, key).isPresent());
    nonces.issue(key);
    now.set(Instant.EPOCH.plus(Nonces.LIFETIME).plusSeconds(1));
    nonces.issue(key);
  }
}
