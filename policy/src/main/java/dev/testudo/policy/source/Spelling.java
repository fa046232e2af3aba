package dev.testudo.policy.source;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Finds the word that a misspelled one was probably meant to be.
public final class Spelling {
  /// The most candidates that are compared, which bounds the time of a search.
  private static final int MAX_CANDIDATES = 1000;

  /// The longest word that is compared. Longer words are rarely typed by hand.
  private static final int MAX_LENGTH = 64;

  private static final int MOST_EDITS = 2;
  private static final int FAR = 1000;

  private Spelling() {}

  /// Returns the candidate nearest to `written`, ignoring case: at most one edit away for words of
  /// up to four characters, at most two for longer ones.
  public static Optional<String> nearest(String written, Collection<String> candidates) {
    var limit = written.length() <= 4 ? 1 : MOST_EDITS;
    return candidates.stream()
        .limit(MAX_CANDIDATES)
        .filter(candidate -> distance(written, candidate) <= limit)
        .min(Comparator.comparingInt((String c) -> distance(written, c)).thenComparing(c -> c));
  }

  /// Returns the diagnostic with a "did you mean" if a candidate is near.
  public static Diagnostic suggest(
      Diagnostic diagnostic, String written, Collection<String> candidates) {
    return nearest(written, candidates)
        .map(candidate -> diagnostic.helped("did you mean `" + candidate + "`?"))
        .orElse(diagnostic);
  }

  /// Returns the number of edits between two words, ignoring case, if it is at most two; else some
  /// larger number. An edit inserts, deletes or replaces a character or swaps two neighbours.
  static int distance(String left, String right) {
    if (Math.abs(left.length() - right.length()) > MOST_EDITS
        || Math.max(left.length(), right.length()) > MAX_LENGTH) {
      return Integer.MAX_VALUE;
    }
    var a = left.toLowerCase(Locale.ROOT);
    var b = right.toLowerCase(Locale.ROOT);
    if (Math.max(a.length(), b.length()) > 2 * MAX_LENGTH) {
      return Integer.MAX_VALUE;
    }
    // Row i holds the distances of the first i letters of `a`. Farther from the diagonal than the
    // maximum number of edits every distance is too large, so only a band is computed.
    var rows = new int[3][b.length() + 1];
    for (var i = 0; i <= a.length(); i++) {
      var row = rows[i % 3];
      Arrays.fill(row, FAR);
      for (var j = Math.max(0, i - MOST_EDITS); j <= Math.min(b.length(), i + MOST_EDITS); j++) {
        row[j] = i == 0 || j == 0 ? i + j : cheapest(rows, a, b, i, j);
      }
    }
    return rows[a.length() % 3][b.length()];
  }

  private static int cheapest(int[][] rows, String a, String b, int i, int j) {
    var row = rows[i % 3];
    var above = rows[(i - 1) % 3];
    var same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
    var best = Math.min(above[j - 1] + same, Math.min(above[j], row[j - 1]) + 1);
    var swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, rows[(i - 2) % 3][j - 2] + 1) : best;
  }
}
