package dev.testudo.trust.channel;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// A new join token. Only the answer to its creation contains the value; CAS stores its hash.
///
/// @param id identifies it in lists and for revocation; not secret
/// @param value the value that an instance presents
/// @param expires when it expires
public record NewJoinToken(String id, Secret value, Instant expires) implements AutoCloseable {
  private static final int LIMIT = 1024;

  /// Encodes the token as JSON.
  public byte[] encode() {
    String text = value.reveal(bytes -> new String(bytes, StandardCharsets.US_ASCII));
    return Json.write(
        new JsonBuilder()
            .put("id", id)
            .put("token", text)
            .put("expires", expires.toString())
            .build());
  }

  /// Decodes the result of [#encode()].
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
