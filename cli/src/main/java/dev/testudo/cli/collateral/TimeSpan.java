package dev.testudo.cli.collateral;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads and writes spans of time as people write them.
public final class TimeSpan {
  private static final Pattern SPAN = Pattern.compile("([0-9]{1,5})([hd])");

  private TimeSpan() {}

  /// Reads a number of hours or days, such as `36h` or `7d`.
  public static Optional<Duration> parse(String text) {
    var matcher = SPAN.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    var count = Long.parseLong(matcher.group(1));
    return Optional.of(
        matcher.group(2).equals("h") ? Duration.ofHours(count) : Duration.ofDays(count));
  }

  /// Returns whole days, or hours if it is less than two days, such as `29 d`, `47 h`, `-3 h`.
  static String text(Duration time) {
    var hours = time.toHours();
    return Math.abs(hours) < 48 ? hours + " h" : time.toDays() + " d";
  }
}
