package dev.testudo.cli.terminal;

import dev.testudo.cli.board.MeshView.RefusalRow;
import dev.testudo.policy.source.Printable;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Wording shared by the live table and the plain lines.
public final class Wording {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  private Wording() {}

  /// Returns a refusal as one line: time, service, operation, target, rule, reason.
  public static String refusal(RefusalRow row, ZoneId zone) {
    return Printable.of(
        "%s %s refused %s %s (%s): %s"
            .formatted(
                TIME.format(row.time().atZone(zone)),
                row.service(),
                row.operation(),
                row.target(),
                row.rule().isEmpty() ? "default mode" : "rule " + row.rule(),
                row.reason()));
  }
}
