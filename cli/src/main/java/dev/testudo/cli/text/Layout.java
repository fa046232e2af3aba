package dev.testudo.cli.text;

import java.util.Locale;

/// Small pieces of layout and wording.
public final class Layout {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

  private Layout() {}

  /// `text`, cut to at most `width` characters.
  public static String cut(String text, int width) {
    if (text.length() <= width) {
      return text;
    }
    return width < 1 ? "" : text.substring(0, width - 1) + "…";
  }

  /// `text`, cut or filled with blanks to exactly `width` characters.
  public static String pad(String text, int width) {
    var cut = cut(text, width);
    return cut + " ".repeat(width - cut.length());
  }

  /// A size for people: three digits or four, powers of 1000.
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
