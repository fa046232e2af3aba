package dev.testudo.image.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.ManifestReference.ByDigest;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Servers that are broken, overloaded or malicious.
@Timeout(60)
class HostileRegistryTest {
  private static final byte[] MANIFEST = "{\"schemaVersion\":2}".getBytes(StandardCharsets.UTF_8);
  private static final Map<String, String> MANIFEST_TYPE =
      Map.of("Content-Type", MediaType.OCI_MANIFEST.text());

  /// The attempts that [RegistryFixture] permits.
  private static final int ATTEMPTS = 4;

  @TempDir Path directory;

  private static void readManifest(RegistryRepository repository) throws IOException {
    repository.manifest(new ByTag("v1"));
  }

  private static void manifest(OutputStream out) throws IOException {
    ScriptedServer.respond(out, 200, MANIFEST_TYPE, MANIFEST);
  }

  @Test
  void aRegistryThatAsksToWaitIsAskedAgain() throws Exception {
    var count = new AtomicInteger();
    try (var server =
        new ScriptedServer(
            (request, out) -> {
              if (count.incrementAndGet() < 3) {
                ScriptedServer.respond(out, 429, Map.of("Retry-After", "0"), new byte[0]);
              } else {
                manifest(out);
              }
            })) {
      ServerUse.with(
          server, RegistryFixture.settings(directory), HostileRegistryTest::readManifest);
      assertEquals(3, server.seen().size());
    }
  }

  @Test
  void aRegistryThatAsksToWaitTooLongIsGivenUpAtOnce() throws Exception {
    try (var server =
        new ScriptedServer(
            (request, out) ->
                ScriptedServer.respond(
                    out,
                    429,
                    Map.of("Retry-After", "3600"),
                    "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\"}]}"
                        .getBytes(StandardCharsets.UTF_8)))) {
      var thrown =
          ServerUse.failing(
              server, RegistryFixture.settings(directory), HostileRegistryTest::readManifest);
      assertEquals(RegistryFault.TOO_MANY_REQUESTS, thrown.fault());
      assertEquals(Optional.of(Duration.ofHours(1)), thrown.problem().retryAfter());
      assertEquals(Optional.of("TOOMANYREQUESTS"), thrown.problem().code());
      assertEquals(1, server.seen().size());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400, REFUSED, 1",
    "403, FORBIDDEN, 1",
    "418, REFUSED, 1",
    "302, REDIRECT, 1",
    "304, MALFORMED, 1",
    "500, SERVER, 4",
    "503, SERVER, 4",
    "429, TOO_MANY_REQUESTS, 4"
  })
  void eachStatusIsOneFault(int status, RegistryFault fault, int requests) throws Exception {
    try (var server = new ScriptedServer((request, out) -> ScriptedServer.respond(out, status))) {
      var thrown =
          ServerUse.failing(
              server, RegistryFixture.settings(directory), HostileRegistryTest::readManifest);
      assertEquals(fault, thrown.fault());
      assertEquals(requests, server.seen().size());
      assertEquals("a", thrown.problem().task().repository());
      assertEquals(server.name(), thrown.problem().task().registry());
    }
  }

  @Test
  void textOfTheRegistryIsNotShown() throws Exception {
    var thrown =
        ServerUse.failing(
            (request, out) ->
                ScriptedServer.respond(
                    out,
                    403,
                    Map.of(),
                    "{\"errors\":[{\"code\":\"\\u001b[31mX\",\"message\":\"paste this\"}]}"
                        .getBytes(StandardCharsets.UTF_8)),
            RegistryFixture.settings(directory),
            HostileRegistryTest::readManifest);
    assertEquals(OptionalInt.of(403), thrown.problem().status());
    assertEquals(Optional.empty(), thrown.problem().code());
    assertFalse(thrown.getMessage().contains("paste"));
    assertFalse(thrown.getMessage().contains("\u001b"));
  }

  @Test
  void nothingListensIsUnreachable() throws Exception {
    var server = new ScriptedServer((request, out) -> {});
    server.close();
    var thrown =
        ServerUse.failing(
            server, RegistryFixture.settings(directory), HostileRegistryTest::readManifest);
    assertEquals(RegistryFault.UNREACHABLE, thrown.fault());
  }

  @Test
  void aBlobOfOtherContentIsRefused() throws Exception {
    var wanted = RegistryFixture.bytes(1, 5000);
    try (var server =
        new ScriptedServer(
            (request, out) ->
                ScriptedServer.respond(
                    out, 200, Map.of(), RegistryFixture.bytes(2, wanted.length)))) {
      ServerUse.with(
          server,
          RegistryFixture.settings(directory),
          repository -> {
            var thrown =
                assertThrows(
                    ImageException.class, () -> RegistryFixture.pulled(repository, wanted));
            assertEquals(ImageFault.WRONG_CONTENT, thrown.fault());
          });
    }
  }

  @Test
  void aManifestOfOtherContentIsRefused() throws Exception {
    try (var server = new ScriptedServer((request, out) -> manifest(out))) {
      ServerUse.with(
          server,
          RegistryFixture.settings(directory),
          repository -> {
            var other = new ByDigest(Digest.of(new byte[1]));
            var thrown = assertThrows(ImageException.class, () -> repository.manifest(other));
            assertEquals(ImageFault.WRONG_CONTENT, thrown.fault());
          });
    }
  }

  @Test
  void aBlobThatIsCutAgainAndAgainIsGivenUp() throws Exception {
    var content = RegistryFixture.bytes(3, 100_000);
    try (var server =
        new ScriptedServer(
            (request, out) ->
                ScriptedServer.respond(
                    out,
                    request.header("range").isEmpty() ? 200 : 206,
                    Map.of("Content-Range", "bytes 10-99999/100000"),
                    request.header("range").isEmpty() ? content.length : content.length - 10,
                    request.header("range").isEmpty()
                        ? Arrays.copyOf(content, 10)
                        : new byte[0]))) {
      var thrown =
          ServerUse.failing(
              server,
              RegistryFixture.settings(directory),
              repository -> RegistryFixture.pulled(repository, content));
      assertEquals(RegistryFault.CUT, thrown.fault());
      assertEquals(ATTEMPTS, server.seen().size());
    }
  }

  @Test
  void anEndlessManifestIsRefused() throws Exception {
    var thrown =
        ServerUse.failing(
            (request, out) -> {
              out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
              while (true) {
                out.write(new byte[1 << 16]);
              }
            },
            RegistryFixture.settings(directory),
            HostileRegistryTest::readManifest);
    assertEquals(RegistryFault.TOO_LARGE, thrown.fault());
  }

  @Test
  void anEndlessBlobIsRefused() throws Exception {
    var content = RegistryFixture.bytes(6, 1000);
    try (var server =
        new ScriptedServer(
            (request, out) -> {
              out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
              while (true) {
                out.write(new byte[1 << 16]);
              }
            })) {
      ServerUse.with(
          server,
          RegistryFixture.settings(directory),
          repository -> {
            var thrown =
                assertThrows(
                    ImageException.class, () -> RegistryFixture.pulled(repository, content));
            assertEquals(ImageFault.WRONG_CONTENT, thrown.fault());
          });
    }
  }

  @Test
  void anEndlessListIsRefused() throws Exception {
    var page =
        ("{\"tags\":[" + "\"x\",".repeat(30_000) + "\"x\"]}").getBytes(StandardCharsets.UTF_8);
    var thrown =
        ServerUse.failing(
            (request, out) ->
                ScriptedServer.respond(
                    out, 200, Map.of("Link", "</v2/a/tags/list?last=x>; rel=\"next\""), page),
            RegistryFixture.settings(directory),
            RegistryRepository::tags);
    assertEquals(RegistryFault.TOO_LARGE, thrown.fault());
  }

  @ParameterizedTest
  @CsvSource({"'['", "'{\"tags\":[\"\\u001b\"]}'", "'{\"tags\":3}'", "'<html>'"})
  void anAnswerThatIsNoListIsMalformed(String answer) throws Exception {
    var thrown =
        ServerUse.failing(
            (request, out) ->
                ScriptedServer.respond(out, 200, Map.of(), answer.getBytes(StandardCharsets.UTF_8)),
            RegistryFixture.settings(directory),
            RegistryRepository::tags);
    assertEquals(RegistryFault.MALFORMED, thrown.fault());
  }

  @Test
  void aServerThatDripsIsGivenUp() throws Exception {
    var thrown =
        ServerUse.failing(
            (request, out) -> {
              out.write(
                  "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"
                      .getBytes(StandardCharsets.US_ASCII));
              for (var n = 0; n < 500; n++) {
                out.write('x');
                out.flush();
                TimeUnit.MILLISECONDS.sleep(20);
              }
            },
            RegistryFixture.impatient(directory),
            HostileRegistryTest::readManifest);
    assertEquals(RegistryFault.SLOW, thrown.fault());
  }

  @Test
  void aServerThatDoesNotKnowRangesIsReadAgainFromTheBeginning() throws Exception {
    var content = RegistryFixture.bytes(9, 50_000);
    var count = new AtomicInteger();
    try (var server =
        new ScriptedServer(
            (request, out) -> {
              var cut = count.incrementAndGet() == 1 ? 20_000 : content.length;
              ScriptedServer.respond(
                  out, 200, Map.of(), content.length, Arrays.copyOf(content, cut));
            })) {
      ServerUse.with(
          server,
          RegistryFixture.settings(directory),
          repository -> assertArrayEquals(content, RegistryFixture.pulled(repository, content)));
      assertEquals(2, server.seen().size());
    }
  }

  @Test
  void aServerThatIsSilentIsGivenUp() throws Exception {
    var thrown =
        ServerUse.failing(
            (request, out) -> TimeUnit.SECONDS.sleep(20),
            RegistryFixture.impatient(directory),
            HostileRegistryTest::readManifest);
    assertEquals(RegistryFault.SLOW, thrown.fault());
  }

  /// The blob does not fit into the buffers of the sockets.
  @Test
  void aServerThatTakesNothingIsGivenUp() throws Exception {
    var content = RegistryFixture.bytes(7, 24 << 20);
    var settings = RegistryFixture.impatient(directory);
    var whole =
        new RegistrySettings(
            settings.credentials(),
            settings.link(),
            new RetryPolicy(1, Duration.ZERO, Duration.ZERO, Duration.ZERO),
            content.length,
            settings.spool());
    var thrown =
        ServerUse.failing(
            (request, out) -> {
              switch (request.method()) {
                case "HEAD" -> ScriptedServer.respond(out, 404);
                case "POST" ->
                    ScriptedServer.respond(out, 202, Map.of("Location", "/up"), new byte[0]);
                default -> TimeUnit.SECONDS.sleep(20);
              }
            },
            whole,
            repository -> RegistryFixture.put(repository, content));
    assertEquals(RegistryFault.SLOW, thrown.fault());
    assertEquals(
        "push the blob " + RegistryFixture.layer(content).digest(),
        thrown.problem().task().action());
  }

  @Test
  void anUploadThatClaimsMoreThanWasSentIsRefused() throws Exception {
    var content = RegistryFixture.bytes(8, 2 * RegistryFixture.CHUNK);
    var thrown =
        ServerUse.failing(
            (request, out) -> {
              request.body().readNBytes((int) request.length());
              switch (request.method()) {
                case "HEAD" -> ScriptedServer.respond(out, 404);
                default ->
                    ScriptedServer.respond(
                        out, 202, Map.of("Location", "/up", "Range", "0-99999999"), new byte[0]);
              }
            },
            RegistryFixture.settings(directory),
            repository -> RegistryFixture.put(repository, content));
    assertEquals(RegistryFault.MALFORMED, thrown.fault());
  }
}
