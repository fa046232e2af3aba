package dev.testudo.cli.chart;

import java.util.LinkedHashMap;
import java.util.Map;

/// Values of charts, merged as Helm merges files of values.
final class ChartValues {
  private ChartValues() {}

  /// Returns `base` with everything that `over` sets. Maps are merged, everything else is replaced.
  static Map<String, Object> merged(Map<String, Object> base, Map<?, ?> over) {
    Map<String, Object> all = new LinkedHashMap<>(base);
    over.forEach((key, value) -> all.merge(String.valueOf(key), value, ChartValues::mergedValue));
    return all;
  }

  private static Object mergedValue(Object base, Object over) {
    return base instanceof Map<?, ?> lower && over instanceof Map<?, ?> upper
        ? merged(merged(Map.of(), lower), upper)
        : over;
  }
}
