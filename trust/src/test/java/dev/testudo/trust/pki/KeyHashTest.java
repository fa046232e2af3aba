package dev.testudo.trust.pki;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyHashTest {
  /// Test vectors from the draft specification of base58 (draft-msporny-base58).
  @Test
  void base58FollowsItsPublishedVectors() {
    assertEquals(
        "2NEpo7TZRRrLZSi2U", Base58.encode("Hello World!".getBytes(StandardCharsets.US_ASCII)));
    assertEquals("11233QC4", Base58.encode(HexFormat.of().parseHex("0000287fb4cd")));
  }

  @Test
  void aHashHasOneSpelling() {
    var hash = KeyHash.of(Identity.ephemeral("a").certificate());
    assertEquals(hash, KeyHash.parse(hash.text()).orElseThrow());
    for (var other :
        List.of(
            "1" + hash.text(),
            hash.text() + " ",
            hash.text().replace('2', '0') + "0",
            "",
            "z".repeat(44))) {
      assertTrue(KeyHash.parse(other).isEmpty(), other);
    }
  }

  @Test
  void leadingZerosSurvive() {
    var bytes = new byte[32];
    bytes[31] = 7;
    assertArrayEquals(bytes, Base58.decode(Base58.encode(bytes), 32).orElseThrow());
  }
}
