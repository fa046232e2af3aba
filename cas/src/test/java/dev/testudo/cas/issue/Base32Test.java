package dev.testudo.cas.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Base32Test {
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
