package dev.testudo.trust.channel;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;

/// A session as CAS stores it.
///
/// @param yaml the text as its author wrote it
/// @param hash 64 hexadecimal digits
/// @param creator the hash of the key that registered the first revision
public record SessionReply(String yaml, String hash, String creator) {
  /// The longest encoded reply, in bytes.
  public static final int LIMIT = 4 << 20;

  /// Encodes the reply as JSON.
  public byte[] encode() {
    return Json.write(
        new JsonBuilder().put("session", yaml).put("hash", hash).put("creator", creator).build());
  }

  /// Decodes the result of [#encode()].
  public static SessionReply decode(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "session");
    var reply =
        new SessionReply(fields.text("session"), fields.text("hash"), fields.text("creator"));
    fields.done();
    return reply;
  }

  @Override
  public String toString() {
    return "SessionReply[%s]".formatted(hash);
  }
}
