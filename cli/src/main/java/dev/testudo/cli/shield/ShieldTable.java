package dev.testudo.cli.shield;

import dev.testudo.cli.terminal.Palette;
import dev.testudo.cli.text.Layout;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.status.ShieldStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Formats running shields as lines of text, each with its connections and latest refusals.
public final class ShieldTable {
  private static final int CONNECTIONS = 20;
  private static final int REFUSALS = 5;

  private final Palette palette;
  private final Instant now;
  private final int width;

  public ShieldTable(Palette palette, Instant now) {
    this(palette, now, Integer.MAX_VALUE);
  }

  /// Creates a table.
  ///
  /// @param width the longest line, in characters; longer ones are cut
  public ShieldTable(Palette palette, Instant now, int width) {
    this.palette = palette;
    this.now = now;
    this.width = width;
  }

  /// Makes text from outside fit into one line.
  private String fit(String text) {
    return Layout.cut(Printable.of(text), width);
  }

  /// Returns the lines for all shields; a line that says so if there are none.
  public List<String> lines(List<ShieldStatus> shields) {
    var lines = new ArrayList<String>();
    if (shields.isEmpty()) {
      lines.add("no shield is running");
    }
    shields.forEach(shield -> shield(shield, lines));
    return lines;
  }

  private void shield(ShieldStatus shield, List<String> lines) {
    lines.add(palette.strong(fit(headline(shield))));
    for (var one : shield.listening()) {
      lines.add(
          fit(
              "  listening at %s, %s (%s)"
                  .formatted(
                      one.address(), one.secured() ? "protected" : "unprotected", by(one.rule()))));
    }
    connections(shield, lines);
    refusals(shield, lines);
  }

  private String headline(ShieldStatus shield) {
    return "%s%s  pid %d  program %d  for %s  %d open, %d ended recently, %d plain, %d refused"
        .formatted(
            shield.shielded().service().map(service -> service + ": ").orElse(""),
            shield.shielded().program(),
            shield.shielded().pid(),
            shield.shielded().programPid(),
            ago(shield.shielded().since()),
            shield.connections().open(),
            shield.connections().ended().size(),
            shield.connections().passed(),
            shield.refusals().total());
  }

  private void connections(ShieldStatus shield, List<String> lines) {
    if (shield.connections().oldest().isEmpty()) {
      return;
    }
    lines.add(
        palette.faint(
            fit(
                "  %6s %-3s %-20s %-24s %-20s %9s %9s %8s  %s"
                    .formatted("id", "", "rule", "peer", "name", "in", "out", "for", "tls"))));
    for (var one : shield.connections().oldest().stream().limit(CONNECTIONS).toList()) {
      lines.add(
          fit(
              "  %6d %-3s %-20s %-24s %-20s %9s %9s %8s  %s"
                  .formatted(
                      one.connection().id(),
                      one.connection().isInbound() ? "in" : "out",
                      one.connection().rule(),
                      one.connection().peer(),
                      one.connection().peerName().orElse("-"),
                      Layout.size(one.traffic().in()),
                      Layout.size(one.traffic().out()),
                      ago(one.since()),
                      one.tls())));
    }
    var hidden =
        shield.connections().open() - Math.min(CONNECTIONS, shield.connections().oldest().size());
    if (hidden > 0) {
      lines.add(palette.faint(fit("  … and %d more".formatted(hidden))));
    }
  }

  private void refusals(ShieldStatus shield, List<String> lines) {
    var all = shield.refusals().last();
    for (var one : all.subList(Math.max(0, all.size() - REFUSALS), all.size())) {
      lines.add(palette.alarm(fit("  " + refusal(one, now))));
    }
  }

  /// Returns a refusal as one line.
  static String refusal(ShieldStatus.Refusal one, Instant now) {
    var times = one.count() == 1 ? "" : " %d times,".formatted(one.count());
    return "refused %s %s (%s)%s %s ago: %s"
        .formatted(
            one.operation(),
            one.target(),
            by(one.rule()),
            times,
            ago(one.last(), now),
            one.reason());
  }

  static String by(String rule) {
    return rule.isEmpty() ? "default mode" : "rule " + rule;
  }

  private String ago(Instant then) {
    return ago(then, now);
  }

  static String ago(Instant then, Instant now) {
    var seconds = Math.max(0, Duration.between(then, now).toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return String.format(Locale.ROOT, "%d:%02d min", seconds / 60, seconds % 60);
    }
    return String.format(Locale.ROOT, "%d:%02d h", seconds / 3600, seconds / 60 % 60);
  }
}
