package dev.testudo.trust.attest.file;

import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonNumber;
import dev.testudo.trust.json.JsonValue.JsonString;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Bytes in text: hexadecimal, base64 (RFC 4648, sections 4 and 5, with and without padding), or an
/// array of numbers.
final class Blobs {
  private Blobs() {}

  static boolean isHex(String text) {
    return text.length() % 2 == 0
        && !text.isEmpty()
        && text.chars().allMatch(c -> c < 0x80 && Character.digit(c, 16) >= 0);
  }

  /// Returns the bytes that base64 stands for, or empty if `text` is none.
  static Optional<Octets> base64(String text) {
    try {
      var usual = text.replace('-', '+').replace('_', '/').replaceFirst("={1,2}$", "");
      return Optional.of(Octets.of(Base64.getDecoder().decode(usual)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// Returns the bytes of a value.
  ///
  /// @param name the name of the value in messages
  static Octets of(JsonValue value, String name, int most) throws EvidenceException {
    var bytes =
        switch (value) {
          case JsonString(var text) ->
              isHex(text) ? Optional.of(Octets.ofHex(text)) : base64(text.replaceAll("\\s", ""));
          case JsonArray(var elements) -> numbers(elements);
          default -> Optional.<Octets>empty();
        };
    if (bytes.isEmpty()) {
      throw EvidenceFiles.malformed(
          "`%s` is neither hexadecimal, base64 nor an array of bytes".formatted(name));
    }
    if (bytes.get().length() > most) {
      throw EvidenceFiles.malformed("`%s` has more than %d bytes".formatted(name, most));
    }
    return bytes.get();
  }

  private static Optional<Octets> numbers(List<JsonValue> elements) {
    var bytes = new byte[elements.size()];
    for (var i = 0; i < bytes.length; i++) {
      if (!(elements.get(i) instanceof JsonNumber(var number)) || number < 0 || number > 0xff) {
        return Optional.empty();
      }
      bytes[i] = (byte) number;
    }
    return Optional.of(Octets.of(bytes));
  }
}
