package dev.testudo.cli.convert;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/// Reads quantities (Kubernetes API, `resource.Quantity`).
final class Quantity {
  private static final Pattern FORM =
      Pattern.compile("([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)([A-Za-z]*)");
  private static final Map<String, Double> UNITS =
      Map.ofEntries(
          Map.entry("", 1.0),
          Map.entry("m", 1e-3),
          Map.entry("k", 1e3),
          Map.entry("M", 1e6),
          Map.entry("G", 1e9),
          Map.entry("T", 1e12),
          Map.entry("Ki", 0x1p10),
          Map.entry("Mi", 0x1p20),
          Map.entry("Gi", 0x1p30),
          Map.entry("Ti", 0x1p40));

  private Quantity() {}

  /// Returns the number, or nothing for a text that is not a usual quantity.
  static OptionalDouble read(String text) {
    var form = FORM.matcher(text);
    if (!form.matches()) {
      return OptionalDouble.empty();
    }
    var unit = UNITS.get(form.group(2));
    return unit == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(Double.parseDouble(form.group(1)) * unit);
  }
}
