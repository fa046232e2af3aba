package dev.testudo.cli.terminal;

import dev.testudo.cli.board.MeshView.RefusalRow;
import dev.testudo.policy.source.Printable;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Sentences that the live region and the plain lines share.
public final class Wording {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  private Wording() {}

  /// A refusal in one line: time, service, what, target, rule, reason.
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
