package dev.testudo.trust.channel;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;

/// Reads a member of a message that has bytes in base64.
final class Base64Member {
  private Base64Member() {}

  /// Returns the bytes of a member.
  ///
  /// @param most the most bytes
  static Octets of(JsonMembers fields, String name, int most) throws MessageException {
    try {
      var bytes = Octets.ofBase64(fields.text(name));
      if (bytes.length() <= most) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw fields.wrong(name, "base64");
    }
    throw fields.wrong(name, "at most %d bytes".formatted(most));
  }
}
