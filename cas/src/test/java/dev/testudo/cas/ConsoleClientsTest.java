package dev.testudo.cas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The console for those who have a certain key, as curl sees it.
@Timeout(300)
class ConsoleClientsTest extends WithTestCas {
  /// curl: the server refused during or after the handshake.
  private static final Set<Integer> HANDSHAKE_REFUSED = Set.of(35, 56);

  private final Identity operator = Identity.ephemeral("operator.example");
  @TempDir private Path files;

  @Override
  TestCas start(Path state) throws IOException {
    return TestCas.withConsole(state, Set.of(operator.keyHash()));
  }

  private record Answer(int exit, String status, String body) {}

  private Answer curl(Optional<Identity> who, String path, String... more)
      throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of("curl", "-s", "-k", "--max-time", "60"));
    words.addAll(List.of("-o", "body", "-w", "%{http_code}"));
    if (who.isPresent()) {
      try (var pem = who.get().toPem()) {
        Files.write(files.resolve("me.pem"), pem.<byte[]>reveal(byte[]::clone));
      }
      words.addAll(List.of("--cert", "me.pem", "--key", "me.pem"));
    }
    words.addAll(List.of(more));
    words.add(cas.server().consoleAddress().orElseThrow() + path);
    var body = files.resolve("body");
    Files.deleteIfExists(body);
    var out = files.resolve("out");
    var curl =
        new ProcessBuilder(words)
            .directory(files.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    assertTrue(curl.waitFor(100, TimeUnit.SECONDS));
    return new Answer(
        curl.exitValue(),
        Files.readString(out),
        Files.exists(body) ? Files.readString(body, StandardCharsets.UTF_8) : "");
  }

  private void refused(Optional<Identity> who) throws Exception {
    for (var path : List.of("/", "/data", "/console.js", "/?token=x")) {
      var answer = curl(who, path);
      assertTrue(HANDSHAKE_REFUSED.contains(answer.exit()), answer::toString);
      assertEquals("", answer.body());
    }
  }

  @Test
  void withoutACertificateNothingIsServed() throws Exception {
    refused(Optional.empty());
  }

  @Test
  void withAnotherKeyNothingIsServed() throws Exception {
    refused(Optional.of(Identity.ephemeral("operator.example")));
    refused(Optional.of(cas.owner));
  }

  @Test
  void theRightKeySeesThePageAndCanOnlyRead() throws Exception {
    cas.create("name: seen\nversion: \"0.3.10\"\n");
    var me = Optional.of(operator);
    for (var path : List.of("/", "/console.js", "/volumes.js", "/console.css")) {
      assertEquals("200", curl(me, path).status(), path);
    }
    var data = curl(me, "/data");
    assertEquals("200", data.status());
    assertTrue(data.body().contains("\"seen\""), data.body());
    assertEquals("404", curl(me, "/v1/sessions/seen").status());
    for (var method : List.of("POST", "PUT", "DELETE", "OPTIONS")) {
      assertEquals("405", curl(me, "/data", "-X", method).status(), method);
    }
    assertEquals("403", curl(me, "/data", "-H", "Origin: https://attacker.example").status());
    assertEquals("403", curl(me, "/data", "-H", "Sec-Fetch-Site: cross-site").status());
    assertFalse(Files.exists(state.resolve("console.url")));
  }

  @Test
  void plainHttpAndOlderTlsAreRefused() throws Exception {
    var address = cas.server().consoleAddress().orElseThrow();
    assertTrue(address.startsWith("https://127.0.0.1:"), address);
    assertEquals(35, curl(Optional.of(operator), "/", "--tls-max", "1.2").exit());
  }
}
