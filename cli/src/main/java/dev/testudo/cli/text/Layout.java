package dev.testudo.cli.text;

import java.util.Locale;

/// Helpers for the layout of text.
public final class Layout {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

  private Layout() {}

  /// Returns `text` cut to at most `width` characters.
  public static String cut(String text, int width) {
    if (text.length() <= width) {
      return text;
    }
    return width < 1 ? "" : text.substring(0, width - 1) + "…";
  }

  /// Returns `text` cut or padded to exactly `width` characters.
  public static String pad(String text, int width) {
    var cut = cut(text, width);
    return cut + " ".repeat(width - cut.length());
  }

  /// Returns a size for people, with decimal units and at most three digits.
  public static String size(long bytes) {
    var value = (double) bytes;
    var unit = 0;
    while (value >= 999.5 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    return unit == 0 || value >= 99.95
        ? String.format(Locale.ROOT, "%.0f %s", value, UNITS[unit])
        : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
  }
}
