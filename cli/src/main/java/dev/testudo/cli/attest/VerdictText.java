package dev.testudo.cli.attest;

import dev.testudo.cli.attest.EvidenceVerdict.Policy;
import dev.testudo.policy.decision.Decision.Accepted;
import dev.testudo.policy.decision.Decision.Denied;
import dev.testudo.policy.decision.Remark;
import dev.testudo.trust.attest.eventlog.BootFacts;
import dev.testudo.trust.attest.eventlog.ReplayedLog;
import dev.testudo.trust.attest.evidence.Field;
import dev.testudo.trust.attest.evidence.RejectionId;
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
    for (var checked : verdict.verification().checks()) {
      var line = "%s: %s".formatted(checked.check().text(), checked.result());
      var source = explain ? checked.check().source() : "";
      checks.add(Field.of(checked.outcome().toString(), line, source));
    }
    if (verdict.verification() instanceof Rejected rejected) {
      checks.add(Field.of("FAILED", rejected.reason(), "testudo explain " + rejected.id()));
      rejected.missing().stream()
          .map(Object::toString)
          .sorted()
          .forEach(document -> checks.add(Field.of("missing", document, "")));
    }
    if (!verdict.bound()) {
      checks.add(
          Field.of(
              "not checked",
              "whom and which moment the evidence is for; give --report-data, or --nonce and --key",
              ""));
    }
    return checks;
  }

  private static List<Field> log(ReplayedLog log) {
    var fields = new ArrayList<Field>();
    for (var register : log.registers()) {
      fields.add(register(register));
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

  private static Field register(ReplayedLog.Register register) {
    var name = "RTMR" + register.number();
    var state = register.state();
    return state == ReplayedLog.State.DIFFERS
        ? new Field(
            name,
            state.toString(),
            "",
            List.of(
                Field.of("quote", register.quoted().hex(), ""),
                Field.of("log", register.replayed().hex(), "")))
        : Field.of(name, state.toString(), "");
  }

  private static Field policy(Policy policy) {
    var lines =
        switch (policy.decision()) {
          case Accepted accepted -> accepted.remarks().stream().map(Remark::text).toList();
          case Denied denied -> denied.text().lines().toList();
        };
    return new Field(
        "policy",
        "%s %s".formatted(policy.name(), policy.accepts() ? "accepts the evidence" : "refuses"),
        "",
        lines.stream().map(line -> Field.of("-", line, "")).toList());
  }

  private static String conclusion(EvidenceVerdict verdict) {
    if (verdict.verification() instanceof Rejected rejected) {
      return rejected.id() == RejectionId.COLLATERAL_MISSING
          ? "REFUSED: something is missing to verify the evidence"
          : "REFUSED: the evidence is not genuine";
    }
    if (!verdict.holds()) {
      return "REFUSED";
    }
    return verdict.claims().filter(claims -> claims.isHardwareAttested()).isPresent()
        ? "genuine, hardware attested"
        : "genuine, but NOT hardware attested";
  }
}
