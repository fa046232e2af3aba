package dev.testudo.trust.status;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;

/// The bytes that a connection has carried, as the program sees them.
///
/// @param in bytes from the peer
/// @param out bytes to the peer
public record Traffic(long in, long out) {
  /// Returns the bytes in both directions.
  public long total() {
    return in + out;
  }

  /// Adds the members of this record to an object.
  public JsonBuilder write(JsonBuilder json) {
    return json.put("bytes_in", in).put("bytes_out", out);
  }

  /// Takes the members of a record from an object.
  public static Traffic read(JsonMembers fields) throws MessageException {
    return new Traffic(fields.natural("bytes_in"), fields.natural("bytes_out"));
  }
}
