package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;

/// Shows one-time passwords as the app of a person does.
final class Authenticator {
  /// Twenty zero bytes in Base32.
  static final String SECRET = "A".repeat(32);

  private static final String CODE =
      "import hmac, time; m = hmac.digest(bytes(20), int(time.time() // 30).to_bytes(8), 'sha1');"
          + " print('%010d' % (int.from_bytes(m[m[19] & 15:][:4]) & 0x7fffffff))";

  private Authenticator() {}

  /// Returns the password of this moment.
  static String password() {
    var made = Command.run(Map.of(), List.of("/usr/bin/python3", "-c", CODE));
    assertEquals(0, made.exit(), made.all());
    return made.out().strip().substring(4);
  }
}
