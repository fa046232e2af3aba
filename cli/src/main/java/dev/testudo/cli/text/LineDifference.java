package dev.testudo.cli.text;

import java.util.ArrayList;
import java.util.List;

/// Compares two texts line by line.
public final class LineDifference {
  /// The most differing lines for which a minimal difference is computed.
  private static final int MOST_COMPARED = 1000;

  private LineDifference() {}

  /// Returns the lines that are only in `old` after `- `, and those only in `young` after `+ `, in
  /// order. Equal lines are left out. After `most` lines a last one counts the rest.
  public static List<String> between(String old, String young, int most) {
    var before = old.lines().toList();
    var after = young.lines().toList();
    var start = 0;
    while (start < Math.min(before.size(), after.size())
        && before.get(start).equals(after.get(start))) {
      start++;
    }
    var end = 0;
    while (end < Math.min(before.size(), after.size()) - start
        && before.get(before.size() - 1 - end).equals(after.get(after.size() - 1 - end))) {
      end++;
    }
    var lines =
        compared(
            before.subList(start, before.size() - end), after.subList(start, after.size() - end));
    if (lines.size() <= most) {
      return lines;
    }
    var cut = new ArrayList<>(lines.subList(0, most));
    cut.add("and %d more lines".formatted(lines.size() - most));
    return cut;
  }

  private static List<String> compared(List<String> before, List<String> after) {
    var lines = new ArrayList<String>();
    if (before.size() > MOST_COMPARED || after.size() > MOST_COMPARED) {
      before.forEach(line -> lines.add("- " + line));
      after.forEach(line -> lines.add("+ " + line));
      return lines;
    }
    var common = common(before, after);
    var i = 0;
    var j = 0;
    while (i < before.size() || j < after.size()) {
      if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
        i++;
        j++;
      } else if (j == after.size() || (i < before.size() && common[i + 1][j] >= common[i][j + 1])) {
        lines.add("- " + before.get(i++));
      } else {
        lines.add("+ " + after.get(j++));
      }
    }
    return lines;
  }

  /// Returns, for each `i` and `j`, the length of the longest common subsequence of `before` from
  /// `i` and `after` from `j`.
  private static int[][] common(List<String> before, List<String> after) {
    var common = new int[before.size() + 1][after.size() + 1];
    for (var i = before.size() - 1; i >= 0; i--) {
      for (var j = after.size() - 1; j >= 0; j--) {
        common[i][j] =
            before.get(i).equals(after.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    return common;
  }
}
