package dev.testudo.image.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Servers that try to get credentials that are not theirs, or misuse tokens and redirects.
@Timeout(60)
class StolenCredentialsTest {

  @TempDir Path directory;

  private static void readManifest(RegistryRepository repository) throws IOException {
    repository.manifest(new ByTag("v1"));
  }

  private static void manifest(OutputStream out) throws IOException {
    ScriptedServer.respond(
        out,
        200,
        Map.of("Content-Type", MediaType.OCI_MANIFEST.text()),
        "{\"schemaVersion\":2}".getBytes(StandardCharsets.UTF_8));
  }

  private static void challenge(OutputStream out, String value) throws IOException {
    ScriptedServer.respond(out, 401, Map.of("WWW-Authenticate", value), new byte[0]);
  }

  @Test
  void aServerThatIsRedirectedToGetsTheRequestButNoCredentials() throws Exception {
    var content = RegistryFixture.bytes(4, 1000);
    try (var storage =
            new ScriptedServer(
                (request, out) -> ScriptedServer.respond(out, 200, Map.of(), content));
        var server =
            new ScriptedServer(
                (request, out) -> {
                  if (request.header("authorization").isEmpty()) {
                    challenge(out, "Basic realm=\"x\"");
                  } else {
                    ScriptedServer.respond(
                        out,
                        307,
                        Map.of("Location", "http://%s/blob".formatted(storage.name())),
                        new byte[0]);
                  }
                })) {
      ServerUse.with(
          server,
          RegistryFixture.settings(directory, RegistryFixture.password("u", "geheim")),
          repository -> assertArrayEquals(content, RegistryFixture.pulled(repository, content)));
      assertEquals(1, storage.seen().size());
      assertEquals("", storage.seen().getFirst().header("authorization"));
      assertEquals("Basic dTpnZWhlaW0=", server.seen().getLast().header("authorization"));
    }
  }

  @Test
  void aServerThatAnUploadIsSentToGetsNoCredentials() throws Exception {
    var content = RegistryFixture.bytes(5, 1000);
    try (var storage =
            new ScriptedServer(
                (request, out) -> {
                  request.body().readNBytes((int) request.length());
                  ScriptedServer.respond(out, 201);
                });
        var server =
            new ScriptedServer(
                (request, out) -> {
                  if (request.header("authorization").isEmpty()) {
                    challenge(out, "Basic realm=\"x\"");
                  } else if (request.method().equals("HEAD")) {
                    ScriptedServer.respond(out, 404);
                  } else {
                    ScriptedServer.respond(
                        out,
                        202,
                        Map.of("Location", "http://%s/up".formatted(storage.name())),
                        new byte[0]);
                  }
                })) {
      ServerUse.with(
          server,
          RegistryFixture.settings(directory, RegistryFixture.password("u", "geheim")),
          repository -> RegistryFixture.put(repository, content));
      assertEquals(1, storage.count("PUT", "/up?digest=sha256"));
      assertEquals("", storage.seen().getFirst().header("authorization"));
    }
  }

  @Test
  void aTokenServerWithoutTlsElsewhereGetsNothing() throws Exception {
    var thrown =
        ServerUse.failing(
            (request, out) -> challenge(out, "Bearer realm=\"http://tokens.example/t\""),
            RegistryFixture.settings(directory, RegistryFixture.password("u", "geheim")),
            StolenCredentialsTest::readManifest);
    assertEquals(RegistryFault.PLAIN_HTTP, thrown.fault());
    assertFalse(thrown.getMessage().contains("geheim"));
  }

  @ParameterizedTest
  @CsvSource({
    "http://registry.example/x, PLAIN_HTTP",
    "ftp://127.0.0.1/x, MALFORMED",
    "http://user:secret@127.0.0.1/x, MALFORMED",
    "'http://[', MALFORMED",
    "/v2/again, REDIRECT"
  })
  void aRedirectThatLeadsNowhereIsRefused(String location, RegistryFault fault) throws Exception {
    var thrown =
        ServerUse.failing(
            (request, out) ->
                ScriptedServer.respond(out, 302, Map.of("Location", location), new byte[0]),
            RegistryFixture.settings(directory),
            StolenCredentialsTest::readManifest);
    assertEquals(fault, thrown.fault());
  }

  @Test
  void aTokenThatIsNoLongerAcceptedIsReplaced() throws Exception {
    var given = new AtomicInteger();
    try (var tokens =
            new ScriptedServer(
                (request, out) ->
                    ScriptedServer.respond(
                        out,
                        200,
                        Map.of(),
                        "{\"access_token\":\"t%d\"}"
                            .formatted(given.incrementAndGet())
                            .getBytes(StandardCharsets.UTF_8)));
        var server =
            new ScriptedServer(
                (request, out) -> {
                  // The first token is not accepted for the third tag any more.
                  var token = "Bearer t" + given.get();
                  var used = given.get() == 1 && request.path().contains("v3");
                  if (request.header("authorization").equals(token) && !used) {
                    manifest(out);
                  } else {
                    challenge(out, "Bearer realm=\"http://%s/t\"".formatted(tokens.name()));
                  }
                })) {
      ServerUse.with(
          server,
          RegistryFixture.settings(directory),
          repository -> {
            for (var tag : List.of("v1", "v2", "v3", "v4")) {
              repository.manifest(new ByTag(tag));
            }
          });
      assertEquals(2, given.get());
      assertEquals("Bearer t2", server.seen().getLast().header("authorization"));
      // One without a token, and one with the token that was no longer accepted.
      assertEquals(6, server.seen().size());
    }
  }

  @Test
  void aRegistryThatRefusesEveryTokenIsNotAskedForever() throws Exception {
    try (var tokens =
            new ScriptedServer(
                (request, out) ->
                    ScriptedServer.respond(
                        out,
                        200,
                        Map.of(),
                        "{\"token\":\"abc\"}".getBytes(StandardCharsets.UTF_8)));
        var server =
            new ScriptedServer(
                (request, out) ->
                    challenge(out, "Bearer realm=\"http://%s/t\"".formatted(tokens.name())))) {
      var thrown =
          ServerUse.failing(
              server, RegistryFixture.settings(directory), StolenCredentialsTest::readManifest);
      assertEquals(RegistryFault.UNAUTHORIZED, thrown.fault());
      assertEquals(3, server.seen().size());
      assertEquals(2, tokens.seen().size());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'{}', MALFORMED",
    "'{\"token\":\"a\\r\\nX: y\"}', MALFORMED",
    "'[', MALFORMED",
    "'', MALFORMED"
  })
  void aTokenThatIsNoneIsNotSent(String answer, RegistryFault fault) throws Exception {
    try (var tokens =
            new ScriptedServer(
                (request, out) ->
                    ScriptedServer.respond(
                        out, 200, Map.of(), answer.getBytes(StandardCharsets.UTF_8)));
        var server =
            new ScriptedServer(
                (request, out) ->
                    challenge(out, "Bearer realm=\"http://%s/t\"".formatted(tokens.name())))) {
      var thrown =
          ServerUse.failing(
              server, RegistryFixture.settings(directory), StolenCredentialsTest::readManifest);
      assertEquals(fault, thrown.fault());
      assertEquals(1, server.seen().size());
    }
  }
}
