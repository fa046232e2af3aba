package dev.testudo.cli.shield;

import dev.testudo.cli.terminal.Palette;
import dev.testudo.cli.text.Layout;
import dev.testudo.policy.shield.EffectivePolicy;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.status.SecuredConnection;
import dev.testudo.trust.status.ShieldStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Explains in words what shields do and why: for a shield, a connection, a rule, or
/// the latest refusal.
public final class Explanation {
  private static final int MOST = 10;

  private final List<ShieldStatus> shields;
  private final Instant now;

  public Explanation(List<ShieldStatus> shields, Instant now) {
    this.shields = shields;
    this.now = now;
  }

  /// Explains the latest refusal. Returns an empty list if there was none.
  public List<String> lastRefusal() {
    record Refused(ShieldStatus shield, ShieldStatus.Refusal refusal) {}
    return shields.stream()
        .flatMap(shield -> shield.refusals().last().stream().map(r -> new Refused(shield, r)))
        .max(Comparator.comparing(refused -> refused.refusal().last()))
        .map(refused -> refusal(refused.shield(), refused.refusal()))
        .orElse(List.of());
  }

  /// Explains `what`: a process of a shield, the name of a program or service, the number of a
  /// connection, or the name of a rule. Returns an empty list if it is none of these.
  public List<String> about(String what) {
    var lines = new ArrayList<String>();
    for (var shield : shields) {
      if (isProcess(shield, what)) {
        lines.addAll(new ShieldTable(Palette.PLAIN, now).lines(List.of(shield)));
        shield.policy().lines().forEach(line -> lines.add("  " + line));
        recentRefusals(shield, lines);
      }
      for (var connection : shield.connections().oldest()) {
        if (what.equals(Long.toString(connection.connection().id()))) {
          lines.addAll(connection(shield, connection));
        }
      }
      for (var ended : shield.connections().ended()) {
        if (what.equals(Long.toString(ended.connection().id()))) {
          lines.add(ended(shield, ended));
        }
      }
      shield.policy().rows().stream()
          .filter(row -> row.rule().equals(what))
          .forEach(row -> lines.addAll(rule(shield, row)));
    }
    return lines.stream().map(Printable::of).toList();
  }

  private static boolean isProcess(ShieldStatus shield, String what) {
    var file =
        shield.shielded().program().substring(shield.shielded().program().lastIndexOf('/') + 1);
    return what.equals(shield.shielded().program())
        || what.equals(file)
        || shield.shielded().service().filter(what::equals).isPresent()
        || (what.matches("[0-9]{1,10}") && LocalProcesses.belongs(Long.parseLong(what), shield));
  }

  private void recentRefusals(ShieldStatus shield, List<String> lines) {
    var all = shield.refusals().last();
    for (var one : all.subList(Math.max(0, all.size() - MOST), all.size())) {
      lines.addAll(refusal(shield, one));
    }
  }

  private List<String> connection(ShieldStatus shield, ShieldStatus.Connection one) {
    var of = one.connection();
    var lines = new ArrayList<String>();
    lines.add(
        "connection %d of %s: %s %s%s, for %s"
            .formatted(
                of.id(),
                shield.shielded().program(),
                direction(of),
                of.peer(),
                name(of.peerName()),
                ShieldTable.ago(one.since(), now)));
    lines.add(
        "  allowed by rule %s; %s came in, %s went out"
            .formatted(
                of.rule(), Layout.size(one.traffic().in()), Layout.size(one.traffic().out())));
    lines.add("  protected by " + one.tls());
    shield.policy().rows().stream()
        .filter(row -> row.rule().equals(of.rule()))
        .forEach(row -> lines.add("  the rule: " + sentence(row)));
    return lines;
  }

  private String ended(ShieldStatus shield, ShieldStatus.Ended one) {
    var of = one.connection();
    return "connection %d of %s: %s %s%s, by rule %s, ended %s ago: %s; %s came in, %s went out"
        .formatted(
            of.id(),
            shield.shielded().program(),
            direction(of),
            of.peer(),
            name(of.peerName()),
            of.rule(),
            ShieldTable.ago(one.at(), now),
            one.reason(),
            Layout.size(one.traffic().in()),
            Layout.size(one.traffic().out()));
  }

  private static String direction(SecuredConnection one) {
    return one.isInbound() ? "from" : "to";
  }

  private static String name(Optional<String> certificate) {
    return certificate.map(name -> ", whose certificate says " + name).orElse("");
  }

  private List<String> rule(ShieldStatus shield, EffectivePolicy.Row row) {
    var lines = new ArrayList<String>();
    lines.add(
        "rule %s of %s: %s".formatted(row.rule(), shield.shielded().program(), sentence(row)));
    shield.connections().oldest().stream()
        .map(ShieldStatus.Connection::connection)
        .filter(one -> one.rule().equals(row.rule()))
        .limit(MOST)
        .forEach(
            one ->
                lines.add(
                    "  open: connection %d %s %s".formatted(one.id(), direction(one), one.peer())));
    shield.refusals().last().stream()
        .filter(one -> one.rule().equals(row.rule()))
        .limit(MOST)
        .forEach(one -> lines.addAll(refusal(shield, one)));
    return lines;
  }

  private static String sentence(EffectivePolicy.Row row) {
    var plain = "%s %s: %s".formatted(row.direction(), row.where(), row.mode());
    return row.tls().equals("-")
        ? plain
        : "%s; identity %s, peers %s, TLS %s"
            .formatted(plain, row.identity(), row.peers(), row.tls());
  }

  private List<String> refusal(ShieldStatus shield, ShieldStatus.Refusal one) {
    return List.of(
        Printable.of(shield.shielded().program() + ": " + ShieldTable.refusal(one, now)),
        Printable.of("  " + Advice.on(one)));
  }
}
