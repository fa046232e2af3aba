package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.EcdsaKey;
import java.nio.charset.StandardCharsets;
import java.security.SignatureException;

/// An object of JSON with a signature over its text, as Intel's service replies:
/// `{"tcbInfo":{…},"signature":"…"}`.
///
/// @param members the object; verify the signature before they are believed
/// @param text the bytes of the object as they were received, which are signed
/// @param signature r ‖ s
record SignedJson(JsonMembers members, Octets text, Octets signature) {

  /// Reads a reply.
  ///
  /// @param name the member that is signed
  /// @param limit the most bytes
  static SignedJson read(Octets reply, String name, int limit) throws MessageException {
    var bytes = reply.toBytes();
    var outer = JsonMembers.read(bytes, limit, "the reply");
    var members = outer.object(name);
    var signature = outer.text("signature");
    outer.done();
    if (signature.length() != 128) {
      throw outer.wrong("signature", "128 hexadecimal digits");
    }
    try {
      return new SignedJson(members, text(bytes, name), Octets.ofHex(signature));
    } catch (IllegalArgumentException e) {
      throw outer.wrong("signature", "128 hexadecimal digits");
    }
  }

  /// Verifies the signature.
  void verify(EcdsaKey key) throws SignatureException {
    key.verify(text.toBytes(), signature.toBytes());
  }

  /// Returns the text of a member of the outer object. The bytes are known to be JSON with two
  /// members, of which one is a string.
  private static Octets text(byte[] bytes, String name) throws MessageException {
    var json = new String(bytes, StandardCharsets.ISO_8859_1);
    var at = json.indexOf('{') + 1;
    while (true) {
      var nameEnd = endOfString(json, json.indexOf('"', at));
      var found = json.substring(json.indexOf('"', at) + 1, nameEnd - 1).equals(name);
      var start = skipSpace(json, json.indexOf(':', nameEnd) + 1);
      var isObject = json.charAt(start) == '{';
      if (found && isObject) {
        return Octets.of(bytes).slice(start, endOfObject(json, start) - start);
      }
      if (isObject) {
        throw new MessageException("`%s` is written with escapes".formatted(name));
      }
      at = endOfString(json, start);
    }
  }

  private static int skipSpace(String json, int from) {
    var at = from;
    while (Character.isWhitespace(json.charAt(at))) {
      at++;
    }
    return at;
  }

  /// Returns where a string ends, behind its closing quote.
  private static int endOfString(String json, int start) {
    var at = start + 1;
    while (json.charAt(at) != '"') {
      at += json.charAt(at) == '\\' ? 2 : 1;
    }
    return at + 1;
  }

  private static int endOfObject(String json, int start) {
    var depth = 0;
    var at = start;
    do {
      switch (json.charAt(at)) {
        case '{' -> depth++;
        case '}' -> depth--;
        case '"' -> at = endOfString(json, at) - 1;
        default -> {}
      }
      at++;
    } while (depth > 0);
    return at;
  }
}
