package dev.testudo.policy.source;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Finds what someone probably meant to write.
public final class Spelling {
  /// Beyond that, looking for a near word would take long.
  private static final int MAX_CANDIDATES = 1000;

  private Spelling() {}

  /// The candidate nearest to `written`: at most one edit away for short words, two for longer
  /// ones, upper and lower case counting as equal.
  public static Optional<String> nearest(String written, Collection<String> candidates) {
    var limit = written.length() <= 4 ? 1 : 2;
    return candidates.stream()
        .limit(MAX_CANDIDATES)
        .filter(candidate -> distance(written, candidate) <= limit)
        .min(Comparator.comparingInt((String c) -> distance(written, c)).thenComparing(c -> c));
  }

  /// The diagnostic with a "did you mean" if a candidate is near.
  public static Diagnostic suggest(
      Diagnostic diagnostic, String written, Collection<String> candidates) {
    return nearest(written, candidates)
        .map(candidate -> diagnostic.helped("did you mean `" + candidate + "`?"))
        .orElse(diagnostic);
  }

  /// Edits (insert, delete, replace, swap neighbours) between two words, ignoring case. Words that
  /// differ much in length are not compared letter by letter.
  static int distance(String left, String right) {
    if (Math.abs(left.length() - right.length()) > 2) {
      return Integer.MAX_VALUE;
    }
    var a = left.toLowerCase(Locale.ROOT);
    var b = right.toLowerCase(Locale.ROOT);
    var rows = new int[a.length() + 1][b.length() + 1];
    for (var i = 0; i <= a.length(); i++) {
      for (var j = 0; j <= b.length(); j++) {
        rows[i][j] = i == 0 || j == 0 ? i + j : cheapest(rows, a, b, i, j);
      }
    }
    return rows[a.length()][b.length()];
  }

  private static int cheapest(int[][] rows, String a, String b, int i, int j) {
    var same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
    var best = Math.min(rows[i - 1][j - 1] + same, Math.min(rows[i - 1][j], rows[i][j - 1]) + 1);
    var swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, rows[i - 2][j - 2] + 1) : best;
  }
}
