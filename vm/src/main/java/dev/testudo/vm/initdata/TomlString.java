package dev.testudo.vm.initdata;

import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;
import java.util.HexFormat;

/// A string of TOML: basic or literal, on one line or as a block (TOML 1.0, "String").
final class TomlString {
  private static final int MOST_QUOTES_AT_THE_END = 2;

  private final HostileBytes document;
  private final TomlText text;
  private final String quote;
  private final StringBuilder value = new StringBuilder();

  private TomlString(HostileBytes document, TomlText text, String quote) {
    this.document = document;
    this.text = text;
    this.quote = quote;
  }

  /// Reads the string that begins here.
  ///
  /// @param blocks whether it may be a block, which a name may not
  static String read(HostileBytes document, TomlText text, boolean blocks) throws VmException {
    for (var quote : new String[] {"\"", "'"}) {
      if (blocks && text.accept(quote.repeat(3))) {
        return new TomlString(document, text, quote).block();
      }
      if (text.accept(quote)) {
        return new TomlString(document, text, quote).line();
      }
    }
    throw document.malformed("in line %d begins no string".formatted(text.line()));
  }

  private String line() throws VmException {
    while (!text.accept(quote)) {
      if (text.looksAt("\n")) {
        throw document.malformed("in line %d a string does not end".formatted(text.line()));
      }
      character();
    }
    return value.toString();
  }

  private String block() throws VmException {
    text.accept("\n");
    while (!text.accept(quote.repeat(3))) {
      character();
    }
    // Up to two quotes may stand before the three that end the block.
    for (var i = 0; i < MOST_QUOTES_AT_THE_END && text.accept(quote); i++) {
      value.append(quote);
    }
    return value.toString();
  }

  private void character() throws VmException {
    var c = text.take();
    if (c == '\\' && quote.equals("\"")) {
      escape();
    } else {
      value.append(c);
    }
  }

  private void escape() throws VmException {
    switch (text.take()) {
      case 'b' -> value.append('\b');
      case 't' -> value.append('\t');
      case 'n' -> value.append('\n');
      case 'f' -> value.append('\f');
      case 'r' -> value.append('\r');
      case '"' -> value.append('"');
      case '\\' -> value.append('\\');
      case 'u' -> codePoint(4);
      case 'U' -> codePoint(8);
      default ->
          throw document.unsupported(
              "in line %d is an escape that is not supported".formatted(text.line()));
    }
  }

  private void codePoint(int digits) throws VmException {
    var hex = text.take(digits);
    if (!hex.chars().allMatch(HexFormat::isHexDigit)) {
      throw document.malformed("in line %d is a wrong escape".formatted(text.line()));
    }
    var point = HexFormat.fromHexDigitsToLong(hex);
    var isSurrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    if (point > Character.MAX_CODE_POINT || isSurrogate) {
      throw document.malformed(
          "in line %d is an escape that is no character".formatted(text.line()));
    }
    value.appendCodePoint((int) point);
  }
}
