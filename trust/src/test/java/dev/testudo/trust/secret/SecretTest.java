package dev.testudo.trust.secret;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SecretTest {
  @Test
  void printsItsLengthOnly() {
    assertEquals("Secret[6 bytes]", Secret.ofText("hunter").toString());
  }

  @Test
  void isWipedWhenClosed() {
    var bytes = new byte[] {1, 2, 3};
    var secret = Secret.taking(bytes);
    secret.close();
    assertArrayEquals(new byte[3], bytes);
  }

  @Test
  void aCopyDoesNotFollowItsSource() {
    var bytes = new byte[] {1, 2, 3};
    try (var secret = Secret.copyOf(bytes)) {
      bytes[0] = 9;
      assertArrayEquals(new byte[] {1, 2, 3}, secret.reveal(byte[]::clone));
    }
  }

  @Test
  void matchesTheSameBytesAndNoOthers() {
    assertTrue(Secret.ofText("a").matches(Secret.ofText("a")));
    assertFalse(Secret.ofText("a").matches(Secret.ofText("b")));
    assertFalse(Secret.ofText("a").matches(Secret.ofText("aa")));
  }
}
