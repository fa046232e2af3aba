package dev.testudo.cli;

import dev.testudo.policy.source.Printable;
import dev.testudo.trust.channel.RefusalReport;
import java.io.PrintStream;

/// Prints refusals for people.
final class RefusalText {
  private RefusalText() {}

  static void print(RefusalReport report, PrintStream out) {
    out.println(
        "%s refused: %s %s"
            .formatted(report.at(), report.action(), Printable.of(report.subject())));
    out.println(
        "  asked by key %s from %s".formatted(report.caller().orElse("(none)"), report.address()));
    out.println("  reason: " + report.reason());
    for (var detail : report.details()) {
      for (var line : detail.split("\n", -1)) {
        out.println("  " + Printable.of(line));
      }
    }
  }
}
