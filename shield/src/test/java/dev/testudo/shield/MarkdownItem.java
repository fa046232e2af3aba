package dev.testudo.shield;

import java.util.regex.Pattern;

/// A list item of a document, in lines of at most 116 columns. Code and links are not broken.
public final class MarkdownItem {
  private static final int COLUMNS = 116;
  private static final Pattern WORD = Pattern.compile("(?:`[^`]*`|\\[[^]]*]\\([^)]*\\)|\\S)+");

  private MarkdownItem() {}

  /// Returns an item in which each sentence starts on a new line.
  public static String of(String... sentences) {
    var item = new StringBuilder();
    for (var sentence : sentences) {
      var line = new StringBuilder(item.isEmpty() ? "-" : " ");
      for (var word : WORD.matcher(sentence).results().map(found -> found.group()).toList()) {
        if (line.length() + 1 + word.length() > COLUMNS) {
          item.append(line).append('\n');
          line = new StringBuilder(" ");
        }
        line.append(' ').append(word);
      }
      item.append(line).append('\n');
    }
    return item.toString();
  }
}
