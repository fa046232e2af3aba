package dev.testudo.trust.status;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;

/// Bytes that a connection has carried, counted as the program sees them.
///
/// @param in from the peer
/// @param out to the peer
public record Traffic(long in, long out) {
  /// Both ways together.
  public long total() {
    return in + out;
  }

  /// Writes its members.
  public JsonBuilder write(JsonBuilder json) {
    return json.put("bytes_in", in).put("bytes_out", out);
  }

  /// Takes its members out of an object's.
  public static Traffic read(JsonMembers fields) throws MessageException {
    return new Traffic(fields.natural("bytes_in"), fields.natural("bytes_out"));
  }
}
