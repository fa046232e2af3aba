package dev.testudo.trust.channel;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.secret.Secret;
import java.util.Base64;
import java.util.Optional;

/// The key of protected files, and the tag of the state that they must have.
///
/// @param key 32 bytes
/// @param tag 32 lower-case hexadecimal digits; empty if CAS has seen no state of the files yet, or
///     any state is accepted
public record FileProtection(Secret key, Optional<String> tag) {
  private static final int BYTES = 32;

  JsonValue json() {
    return new JsonBuilder()
        .put("key", key.reveal(Base64.getEncoder()::encodeToString))
        .put("tag", tag)
        .build();
  }

  static FileProtection read(JsonMembers fields) throws MessageException {
    var tag = fields.optionalText("tag");
    if (tag.isPresent() && !tag.get().matches("[0-9a-f]{32}")) {
      throw fields.wrong("tag", "32 hexadecimal digits");
    }
    byte[] key;
    try {
      key = Base64.getDecoder().decode(fields.text("key"));
    } catch (IllegalArgumentException e) {
      throw fields.wrong("key", "base64");
    }
    if (key.length != BYTES) {
      throw fields.wrong("key", "a key of 32 bytes");
    }
    fields.done();
    return new FileProtection(Secret.taking(key), tag);
  }
}
