package dev.testudo.trust.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class Argon2idTest {
  /// A vector of the reference implementation (test.c: Argon2id, version 19).
  @Test
  void derivesWhatTheReferenceImplementationDerives() {
    var key =
        Argon2id.derive(
            Secret.ofText("password"),
            "somesalt".getBytes(StandardCharsets.US_ASCII),
            new Argon2id.Cost(64 << 10, 2, 1));
    assertEquals(
        "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7",
        key.reveal(HexFormat.of()::formatHex));
  }

  @Test
  void aCostOutOfRangeIsRefused() {
    for (var cost : new long[][] {{1L << 32, 3, 4}, {8, 3, 4}, {1 << 16, 0, 4}, {1 << 16, 3, 17}}) {
      assertThrows(
          IllegalArgumentException.class, () -> Argon2id.Cost.of(cost[0], cost[1], cost[2]));
    }
  }
}
