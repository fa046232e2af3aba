package dev.testudo.image.registry;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.pki.Certificates;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A token server for Debian's registry: anonymous callers may pull, the user `writer` with the
/// password `geheim` or the refresh token `refresh-1` may also push.
final class TestTokenServer implements AutoCloseable {
  static final String PASSWORD = "geheim";
  static final String REFRESH = "refresh-1";

  private final Identity signer;
  private final ScriptedServer server;

  TestTokenServer(Identity signer) throws IOException {
    this.signer = signer;
    this.server = new ScriptedServer(this::answer);
  }

  /// Makes the key of a token server in `directory/token.pem`.
  static Identity signer(Path directory) throws Exception {
    var made = SelfSigned.rsa(directory, "token");
    return Identity.fromPem(Files.readString(made.certificate()) + Files.readString(made.key()));
  }

  /// Returns the section of the registry's configuration.
  String configuration(Path directory) {
    return """
    auth:
      token:
        realm: http://%s/token
        service: tests
        issuer: tests
        rootcertbundle: %s
    """
        .formatted(server.name(), directory.resolve("token.pem"));
  }

  List<ScriptedServer.Request> seen() {
    return server.seen();
  }

  private void answer(ScriptedServer.Request request, OutputStream out) throws Exception {
    var form = request.path().replaceFirst("^[^?]*\\??", "");
    if (request.method().equals("POST")) {
      form = new String(request.body().readNBytes((int) request.length()), StandardCharsets.UTF_8);
    }
    var given = request.header("authorization");
    var basic = "Basic " + base64("writer:" + PASSWORD);
    if (!given.isEmpty() && !given.equals(basic)) {
      ScriptedServer.respond(out, 401);
      return;
    }
    var writes = given.equals(basic) || form.contains("refresh_token=" + REFRESH);
    var access = new ArrayList<JsonValue>();
    for (var pair : form.split("&")) {
      if (pair.startsWith("scope=")) {
        var scopes = URLDecoder.decode(pair.substring(6), StandardCharsets.UTF_8);
        for (var scope : scopes.split(" ")) {
          access.add(access(scope, writes));
        }
      }
    }
    var token = new JsonBuilder().put("token", token(access)).put("expires_in", 300).build();
    ScriptedServer.respond(out, 200, Map.of("Content-Type", "application/json"), Json.write(token));
  }

  private static JsonValue access(String scope, boolean writes) {
    var parts = scope.split(":");
    return new JsonBuilder()
        .put("type", parts[0])
        .put("name", parts[1])
        .put("actions", writes ? List.of(parts[2].split(",")) : List.of("pull"))
        .build();
  }

  private String token(List<JsonValue> access) throws Exception {
    var now = Instant.now().getEpochSecond();
    var chain =
        List.of(Base64.getEncoder().encodeToString(Certificates.toDer(signer.certificate())));
    var header = new JsonBuilder().put("typ", "JWT").put("alg", "RS256").put("x5c", chain).build();
    var claims =
        new JsonBuilder()
            .put("iss", "tests")
            .put("sub", "writer")
            .put("aud", "tests")
            .put("exp", now + 300)
            .put("nbf", now - 10)
            .put("iat", now)
            .put("jti", UUID.randomUUID().toString())
            .put("access", new JsonArray(access))
            .build();
    var text = url(Json.write(header)) + "." + url(Json.write(claims));
    var signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(signer.key());
    signature.update(text.getBytes(StandardCharsets.US_ASCII));
    return text + "." + url(signature.sign());
  }

  private static String url(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
