package dev.testudo.trust.channel;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// A join token at the only moment at which CAS knows it: afterwards there is its hash.
///
/// @param id names it in lists and when it is revoked; no secret
/// @param value what an instance presents
/// @param expires from when on it is good no more
public record NewJoinToken(String id, Secret value, Instant expires) implements AutoCloseable {
  private static final int LIMIT = 1024;

  /// As JSON.
  public byte[] encode() {
    String text = value.reveal(bytes -> new String(bytes, StandardCharsets.US_ASCII));
    return Json.write(
        new JsonBuilder()
            .put("id", id)
            .put("token", text)
            .put("expires", expires.toString())
            .build());
  }

  /// Reads what [#encode()] wrote.
  public static NewJoinToken decode(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "token");
    var token =
        new NewJoinToken(
            fields.text("id"), Secret.ofText(fields.text("token")), fields.instant("expires"));
    fields.done();
    return token;
  }

  /// Wipes the value.
  @Override
  public void close() {
    value.close();
  }
}
