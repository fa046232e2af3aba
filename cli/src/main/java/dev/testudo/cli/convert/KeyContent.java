package dev.testudo.cli.convert;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;
import java.util.Optional;

/// The content of a key of a ConfigMap or Secret. It prints as nothing, because it may be secret.
final class KeyContent {
  /// The most bytes of a secret's value.
  static final int MAX_SIZE = 65_536;

  private final byte[] bytes;

  private KeyContent(byte[] bytes) {
    this.bytes = bytes;
  }

  static KeyContent of(String text) {
    return new KeyContent(text.getBytes(UTF_8));
  }

  /// Takes over `bytes`.
  static KeyContent of(byte[] bytes) {
    return new KeyContent(bytes);
  }

  int size() {
    return bytes.length;
  }

  /// Returns the content as text, if it is UTF-8 without zero bytes.
  Optional<String> text() {
    try {
      var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.indexOf('\0') < 0 ? Optional.of(text) : Optional.empty();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /// Returns the content as text, if a secret of kind `ascii` can have it as its value.
  Optional<String> ascii() {
    return text()
        .filter(t -> t.chars().allMatch(c -> (c >= ' ' && c <= '~') || c == '\t' || c == '\n'))
        .filter(t -> !t.contains("$$SCONE:"));
  }

  /// Returns the bytes as hex digits.
  String hex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public String toString() {
    return "KeyContent";
  }
}
