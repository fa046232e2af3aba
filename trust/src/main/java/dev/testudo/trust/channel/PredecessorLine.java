package dev.testudo.trust.channel;

import java.util.regex.Pattern;

/// Edits the `predecessor` line of a session and leaves everything else as its author wrote it. It
/// works on lines, because comments and layout must survive.
public final class PredecessorLine {
  private static final Pattern PREDECESSOR =
      Pattern.compile("(?m)^predecessor[ \\t]*:.*(?:\\R|\\z)");
  private static final Pattern FIRST_KEY = Pattern.compile("(?m)^[A-Za-z_\"'][^#\\r\\n]*:");

  private PredecessorLine() {}

  /// Returns `yaml` with `hash` as its predecessor.
  public static String withPredecessor(String yaml, String hash) {
    var without = withoutPredecessor(yaml);
    var first = FIRST_KEY.matcher(without);
    var at = first.find() ? first.start() : 0;
    return without.substring(0, at) + "predecessor: " + hash + "\n" + without.substring(at);
  }

  /// Returns `yaml` without a predecessor.
  public static String withoutPredecessor(String yaml) {
    return PREDECESSOR.matcher(yaml).replaceAll("");
  }
}
