package dev.testudo.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// `openssl s_client` as an independent TLS peer.
final class OpenSsl {
  private OpenSsl() {}

  /// Connects, sends `text` and answers everything that came back within some seconds.
  static String talk(String address, int port, String text, String... options)
      throws IOException, InterruptedException {
    var words =
        new ArrayList<>(
            List.of(
                "timeout",
                "6",
                "openssl",
                "s_client",
                "-quiet",
                "-no_ign_eof",
                "-servername",
                "redis",
                "-connect"));
    words.add(address + ":" + port);
    words.addAll(List.of(options));
    var process = new ProcessBuilder(words).redirectErrorStream(true).start();
    try (var in = process.getOutputStream()) {
      in.write(text.getBytes(StandardCharsets.US_ASCII));
      in.flush();
      TimeUnit.SECONDS.sleep(2); // the end of input ends s_client: leave the peer time to answer
    } catch (IOException e) {
      // The peer has refused and s_client is gone; what it said is read below.
    }
    var seen = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    process.waitFor(10, TimeUnit.SECONDS);
    return seen;
  }
}
