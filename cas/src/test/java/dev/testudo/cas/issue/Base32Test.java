package dev.testudo.cas.issue;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Base32Test {
  @Test
  void whatIsEncodedIsDecoded() {
    for (var padded : List.of(true, false)) {
      for (var length = 0; length < 20; length++) {
        var bytes = new byte[length];
        Arrays.fill(bytes, (byte) (length * 37 + 11));
        assertArrayEquals(bytes, Base32.decode(Base32.encode(bytes, padded)).orElseThrow());
      }
    }
    assertArrayEquals(new byte[] {'f', 'o'}, Base32.decode("mzxq").orElseThrow());
    assertTrue(Base32.decode("MZ0Q").isEmpty());
  }

  /// The test vectors of RFC 4648 §10.
  @ParameterizedTest
  @CsvSource({
    "f, MY======",
    "fo, MZXQ====",
    "foo, MZXW6===",
    "foob, MZXW6YQ=",
    "fooba, MZXW6YTB",
    "foobar, MZXW6YTBOI======"
  })
  void followsTheRfc(String text, String encoded) {
    var bytes = text.getBytes(StandardCharsets.US_ASCII);
    assertEquals(encoded, Base32.encode(bytes, true));
    assertEquals(encoded.replace("=", ""), Base32.encode(bytes, false));
  }
}
