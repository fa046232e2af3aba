package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// `openssl s_client` as an independent TLS peer of Redis.
final class OpenSsl {
  /// Redis answers the first word and ends the connection after the second.
  private static final String TALK = "PING\r\nQUIT\r\n";

  /// What `timeout` returns when it had to end the command.
  private static final int TIMED_OUT = 124;

  private OpenSsl() {}

  /// Connects, talks, and answers everything that came back until the other side ended the
  /// connection, because it was told to or because it refuses.
  static String talk(String address, int port, String... options)
      throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of("timeout", "" + Patience.LIMIT.toSeconds(), "openssl"));
    words.addAll(List.of("s_client", "-quiet", "-servername", "redis"));
    words.addAll(List.of("-connect", address + ":" + port));
    words.addAll(List.of(options));
    var process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String seen;
    try (var in = process.getOutputStream()) {
      write(in, TALK);
      seen = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
    assertTrue(process.waitFor() != TIMED_OUT, () -> "neither answered nor refused: " + seen);
    return seen;
  }

  private static void write(java.io.OutputStream in, String text) {
    try {
      in.write(text.getBytes(StandardCharsets.US_ASCII));
      in.flush();
    } catch (IOException e) {
      // The other side has refused and s_client is gone; what it said is read next.
    }
  }
}
