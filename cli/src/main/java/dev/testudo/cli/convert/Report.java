package dev.testudo.cli.convert;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Collects what a person must know after a conversion.
final class Report {
  private final Set<String> readable = new LinkedHashSet<>();
  private final Set<String> left = new LinkedHashSet<>();
  private final Set<String> changed = new LinkedHashSet<>();
  private final Set<String> advice = new LinkedHashSet<>();

  Report() {}

  /// Adds something that the operator of the cluster can still read or choose.
  void readable(String line) {
    readable.add(line);
  }

  /// Adds something that was not converted, with the reason.
  void left(String line) {
    left.add(line);
  }

  /// Adds something that the objects written again do not have any more, or have instead.
  void changed(String line) {
    changed.add(line);
  }

  /// Adds something to do before the result can run.
  void advise(String line) {
    advice.add(line);
  }

  /// Returns the report as lines.
  List<String> lines() {
    var lines = new ArrayList<String>();
    section("still readable for the operator, or chosen by the operator:", readable, lines);
    section("not converted:", left, lines);
    section("changed in the objects:", changed, lines);
    section("look at this before you start them:", advice, lines);
    return lines;
  }

  private static void section(String title, Set<String> items, List<String> lines) {
    if (!items.isEmpty()) {
      lines.add(title);
      items.forEach(item -> lines.add("  " + item));
    }
  }
}
