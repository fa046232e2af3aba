package dev.testudo.policy.source;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A text and the name that diagnostics use for it: the path of a file, or `env:NAME` for the value
/// of an environment variable.
public final class SourceFile {
  private static final char HIDDEN = '*';

  private final String name;
  private final String text;
  private final Optional<String> shown;
  private final int firstLine;
  private final int[] lineStarts;

  private SourceFile(String name, String text, Optional<String> shown, int firstLine) {
    this.name = name;
    this.text = text;
    this.shown = shown;
    this.firstLine = firstLine;
    this.lineStarts = lineStarts(text);
  }

  /// Creates a source whose text may be shown.
  ///
  /// @param name printed before line and column in a diagnostic
  public SourceFile(String name, String text) {
    this(name, text, Optional.of(text), 1);
  }

  /// Creates a source that may contain keys or passwords. Diagnostics never show its text.
  public static SourceFile confidential(String name, String text) {
    return new SourceFile(name, text, Optional.empty(), 1);
  }

  /// Returns the same source as the part of a file that begins at a line, counted from 1.
  public SourceFile from(int line) {
    return new SourceFile(name, text, shown, line);
  }

  private static int[] lineStarts(String text) {
    var starts = new int[16];
    var count = 1;
    for (var end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) {
      if (count == starts.length) {
        starts = Arrays.copyOf(starts, count * 2);
      }
      starts[count++] = end + 1;
    }
    return Arrays.copyOf(starts, count);
  }

  /// Returns the name that diagnostics print before line and column.
  public String name() {
    return name;
  }

  /// Returns the whole text.
  public String text() {
    return text;
  }

  /// Returns the text as diagnostics show it: of the same length, with secrets masked. Empty if no
  /// part of it may be shown.
  public Optional<String> shown() {
    return shown;
  }

  /// Returns true if diagnostics show the place but nothing of the text.
  public boolean confidential() {
    return shown.isEmpty();
  }

  /// Returns the same source with the given parts masked wherever it is shown.
  public SourceFile hiding(List<Span> parts) {
    if (shown.isEmpty()) {
      return this;
    }
    var visible = new StringBuilder(shown.get());
    for (var part : parts) {
      for (var i = part.start(); i < part.end(); i++) {
        if (!Character.isWhitespace(visible.charAt(i))) {
          visible.setCharAt(i, HIDDEN);
        }
      }
    }
    return new SourceFile(name, text, Optional.of(visible.toString()), firstLine);
  }

  /// Returns true if a shown character reveals nothing about the text.
  static boolean isHidden(int shown) {
    return shown == HIDDEN || Character.isWhitespace(shown);
  }

  /// Returns the part from offset `start` up to, but not including, `end`.
  public Span span(int start, int end) {
    return new Span(this, start, end);
  }

  /// Returns the span of the whole text.
  public Span whole() {
    return span(0, text.length());
  }

  /// Returns the number of the line of the file that contains `offset`, counted from 1.
  int line(int offset) {
    var found = Arrays.binarySearch(lineStarts, offset);
    return firstLine + (found >= 0 ? found : -found - 2);
  }

  /// Returns the offset of the first character of a line.
  int lineStart(int line) {
    return lineStarts[line - firstLine];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SourceFile file
        && name.equals(file.name)
        && text.equals(file.text)
        && firstLine == file.firstLine
        && shown.equals(file.shown);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, text);
  }

  /// Returns the name only: the text may be long, and it may be secret.
  @Override
  public String toString() {
    return name;
  }
}
