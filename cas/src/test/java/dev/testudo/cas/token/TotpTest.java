package dev.testudo.cas.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.TestClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TotpTest {
  private static final byte[] SECRET = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

  /// The last six digits of the test vectors of RFC 6238, appendix B.
  @Test
  void passwordsAreThoseOfTheStandard() {
    Map.of(
            59L, "287082",
            1111111109L, "081804",
            1111111111L, "050471",
            1234567890L, "005924",
            2000000000L, "279037",
            20000000000L, "353130")
        .forEach((time, password) -> assertEquals(password, Totp.password(SECRET, time / 30)));
  }

  @Test
  void theNeighboursOfTheCurrentPasswordAreAccepted() {
    var now = Instant.ofEpochSecond(1111111111);
    var step = 1111111111 / 30;
    for (var distance = -3; distance <= 3; distance++) {
      var found = Totp.step(SECRET, Totp.password(SECRET, step + distance), now);
      assertEquals(
          Math.abs(distance) <= 1 ? OptionalLong.of(step + distance) : OptionalLong.empty(), found);
    }
    assertEquals(OptionalLong.empty(), Totp.step(SECRET, "", now));
  }

  @Test
  void afterSeveralWrongPasswordsNoneIsTriedForAWhile() {
    var clock = new TestClock();
    var guesses = new Guesses(clock);
    for (var i = 0; i < Guesses.FREE; i++) {
      assertTrue(guesses.mayTry("a/s"));
    }
    assertFalse(guesses.mayTry("a/s"));
    assertTrue(guesses.mayTry("a/other"));
    clock.advance(Duration.ofSeconds(61));
    assertTrue(guesses.mayTry("a/s"));
    clock.advance(Duration.ofSeconds(61));
    assertFalse(guesses.mayTry("a/s"));
    clock.advance(Duration.ofSeconds(61));
    assertTrue(guesses.mayTry("a/s"));
    guesses.right("a/s");
    assertTrue(guesses.mayTry("a/s"));
  }
}
