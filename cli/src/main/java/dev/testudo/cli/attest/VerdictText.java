package dev.testudo.cli.attest;

import dev.testudo.cli.attest.EvidenceVerdict.Policy;
import dev.testudo.policy.decision.Decision.Accepted;
import dev.testudo.policy.decision.Decision.Denied;
import dev.testudo.trust.attest.eventlog.BootFacts;
import dev.testudo.trust.attest.eventlog.ReplayedLog;
import dev.testudo.trust.attest.evidence.Check;
import dev.testudo.trust.attest.evidence.Field;
import dev.testudo.trust.attest.evidence.Verification.Passed;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import java.util.ArrayList;
import java.util.List;

/// Writes a verdict for people.
public final class VerdictText {
  private VerdictText() {}

  /// Returns the lines.
  ///
  /// @param explain whether each check names the document that demands it
  public static List<String> lines(EvidenceVerdict verdict, boolean explain) {
    var lines = new ArrayList<String>();
    lines.add("%s, verified as of %s".formatted(verdict.evidence(), verdict.at()));
    var groups = new ArrayList<Field>();
    groups.add(Field.group("checks", checks(verdict, explain)));
    verdict.claims().ifPresent(claims -> groups.addAll(ClaimFields.of(claims)));
    verdict.log().ifPresent(log -> groups.add(Field.group("event log", log(log))));
    verdict.policy().ifPresent(policy -> groups.add(policy(policy)));
    for (var group : groups) {
      lines.add("");
      lines.addAll(FieldText.lines(List.of(group)));
    }
    lines.add("");
    lines.add(conclusion(verdict));
    return lines;
  }

  private static List<Field> checks(EvidenceVerdict verdict, boolean explain) {
    var checks = new ArrayList<Field>();
    for (Passed passed : verdict.verification().checks()) {
      checks.add(check("passed", passed.check(), passed.result(), explain));
    }
    if (verdict.verification() instanceof Rejected rejected) {
      var parts = new ArrayList<Field>();
      parts.add(Field.of("reason", rejected.reason(), ""));
      rejected.missing().stream()
          .map(Object::toString)
          .sorted()
          .forEach(document -> parts.add(Field.of("missing", document, "")));
      parts.add(Field.of("more", "testudo explain " + rejected.id(), ""));
      checks.add(new Field("FAILED", rejected.id().toString(), "", parts));
    }
    if (!verdict.bound()) {
      var hint = "give --report-data, or --nonce and --key; without, it may be of any time";
      checks.add(
          new Field(
              "not checked", Check.REPORT_DATA.text(), "", List.of(Field.of("why", hint, ""))));
    }
    return checks;
  }

  private static Field check(String state, Check check, String result, boolean explain) {
    var parts = new ArrayList<Field>();
    parts.add(Field.of("result", result, ""));
    if (explain) {
      parts.add(Field.of("source", check.source(), ""));
    }
    return new Field(state, check.text(), "", parts);
  }

  private static List<Field> log(ReplayedLog log) {
    var fields = new ArrayList<Field>();
    for (var register : log.registers()) {
      fields.add(
          Field.of("RTMR" + register.number(), register.state().toString(), differing(register)));
    }
    var facts = BootFacts.of(log);
    facts.secureBoot().ifPresent(on -> fields.add(Field.of("Secure Boot", on ? "on" : "off", "")));
    for (var started : facts.started()) {
      fields.add(Field.of("started", started.authenticode(), "where: " + started.path()));
    }
    facts.commandLines().forEach(line -> fields.add(Field.of("command line", line, "")));
    for (var event : facts.runtime()) {
      fields.add(Field.of("event", event.text(), ""));
    }
    return fields;
  }

  private static String differing(ReplayedLog.Register register) {
    return register.state() == ReplayedLog.State.DIFFERS
        ? "the log gives %s".formatted(register.replayed().hex())
        : "";
  }

  private static Field policy(Policy policy) {
    var lines =
        switch (policy.decision()) {
          case Accepted _ -> List.<String>of();
          case Denied denied -> denied.text().lines().toList();
        };
    return new Field(
        "policy",
        "%s %s".formatted(policy.name(), policy.accepts() ? "accepts the evidence" : "refuses"),
        "",
        lines.stream().map(line -> Field.of("-", line, "")).toList());
  }

  private static String conclusion(EvidenceVerdict verdict) {
    if (!verdict.holds()) {
      return verdict.claims().isPresent() ? "REFUSED" : "REFUSED: the evidence is not genuine";
    }
    return verdict.claims().filter(claims -> claims.isHardwareAttested()).isPresent()
        ? "genuine, hardware attested"
        : "genuine, but NOT hardware attested";
  }
}
