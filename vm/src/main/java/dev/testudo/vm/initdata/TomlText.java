package dev.testudo.vm.initdata;

import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;
import java.util.function.IntPredicate;

/// A position in the text of a document.
final class TomlText {
  private final HostileBytes document;
  private final String text;
  private int at;
  private int line = 1;

  TomlText(HostileBytes document, String text) {
    this.document = document;
    this.text = text;
  }

  boolean isAtEnd() {
    return at == text.length();
  }

  /// Returns the number of the line, from 1 on.
  int line() {
    return line;
  }

  boolean looksAt(String word) {
    return text.startsWith(word, at);
  }

  /// Moves behind `word` if it is here.
  boolean accept(String word) {
    if (!looksAt(word)) {
      return false;
    }
    at += word.length();
    line += (int) word.chars().filter(c -> c == '\n').count();
    return true;
  }

  /// Takes one character.
  ///
  /// @throws VmException at the end of the document
  char take() throws VmException {
    if (isAtEnd()) {
      throw document.malformed("it ends within a string");
    }
    var c = text.charAt(at++);
    if (c == '\n') {
      line++;
    }
    return c;
  }

  /// Takes a number of characters.
  String take(int count) throws VmException {
    if (count > text.length() - at) {
      throw document.malformed("it ends within a string");
    }
    at += count;
    return text.substring(at - count, at);
  }

  String takeWhile(IntPredicate accepted) {
    var start = at;
    while (!isAtEnd() && accepted.test(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  void skipBlanks() {
    takeWhile(c -> c == ' ' || c == '\t');
  }

  /// Returns whether nothing or a comment follows in this line.
  boolean isAtLineEnd() {
    return isAtEnd() || looksAt("\n") || looksAt("#");
  }

  /// Moves to the next line.
  ///
  /// @throws VmException if something else than a comment follows in this one
  void endLine() throws VmException {
    skipBlanks();
    if (!isAtLineEnd()) {
      throw document.malformed("in line %d stands something behind its end".formatted(line));
    }
    takeWhile(c -> c != '\n');
    accept("\n");
  }
}
