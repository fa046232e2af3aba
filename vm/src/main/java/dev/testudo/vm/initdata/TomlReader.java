package dev.testudo.vm.initdata;

import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// Reads the subset of TOML 1.0 that initdata needs: comments, members with a bare or quoted name
/// and a string of any of the four kinds, and perhaps the table `[data]`. All else of TOML is
/// refused, and carriage returns, which readers turn into different texts.
final class TomlReader {
  private static final int MOST_MEMBERS = 256;
  private static final int MOST_NAME = 256;
  private static final String TABLE = "[data]";

  /// The members before the table, and those in it, if it is there.
  record Members(Map<String, String> top, Map<String, String> data, boolean hasTable) {}

  private final HostileBytes document;
  private final TomlText text;
  private final Map<String, String> top = new TreeMap<>();
  private final Map<String, String> data = new TreeMap<>();
  private boolean inTable;

  private TomlReader(HostileBytes document, TomlText text) {
    this.document = document;
    this.text = text;
  }

  /// Reads members, and then the table `[data]`.
  static Members read(HostileBytes document, String text) throws VmException {
    var members = all(document, text);
    if (!members.hasTable()) {
      throw document.malformed("it has no table [data]");
    }
    return members;
  }

  /// Reads members without any table.
  static Map<String, String> flat(HostileBytes document, String text) throws VmException {
    var members = all(document, text);
    if (members.hasTable()) {
      throw document.unsupported("it has a table");
    }
    return members.top();
  }

  private static Members all(HostileBytes document, String text) throws VmException {
    if (text.chars().anyMatch(TomlReader::isControl)) {
      throw document.malformed("it has a control character; write \\uXXXX in a string");
    }
    var reader = new TomlReader(document, new TomlText(document, text));
    while (!reader.text.isAtEnd()) {
      reader.line();
    }
    return new Members(
        Collections.unmodifiableMap(reader.top),
        Collections.unmodifiableMap(reader.data),
        reader.inTable);
  }

  private void line() throws VmException {
    text.skipBlanks();
    if (text.looksAt("[")) {
      if (inTable || !text.accept(TABLE)) {
        throw document.unsupported("it has a table that is not [data], or that twice");
      }
      inTable = true;
    } else if (!text.isAtLineEnd()) {
      member();
    }
    text.endLine();
  }

  private void member() throws VmException {
    var name = name();
    text.skipBlanks();
    if (!text.accept("=")) {
      throw document.malformed(
          "in line %d stands no = behind a name; dotted names are not supported"
              .formatted(text.line()));
    }
    text.skipBlanks();
    if (!text.looksAt("\"") && !text.looksAt("'")) {
      throw document.unsupported("in line %d is a value that is no string".formatted(text.line()));
    }
    var value = TomlString.read(document, text, true);
    var members = inTable ? data : top;
    if (members.size() == MOST_MEMBERS || name.length() > MOST_NAME) {
      throw document.tooLarge(
          "it has more than %d members, or a name of more than %d characters"
              .formatted(MOST_MEMBERS, MOST_NAME));
    }
    if (members.put(name, value) != null) {
      throw document.malformed("in line %d is a name for the second time".formatted(text.line()));
    }
  }

  private String name() throws VmException {
    if (text.looksAt("\"") || text.looksAt("'")) {
      return TomlString.read(document, text, false);
    }
    var name = text.takeWhile(TomlReader::isBare);
    if (name.isEmpty()) {
      throw document.malformed("in line %d begins no name".formatted(text.line()));
    }
    return name;
  }

  private static boolean isControl(int c) {
    return (c < ' ' && c != '\n' && c != '\t') || c == 0x7f;
  }

  private static boolean isBare(int c) {
    var isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return isLetter || (c >= '0' && c <= '9') || c == '_' || c == '-';
  }
}
