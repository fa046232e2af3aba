package dev.testudo.cli.attest;

import dev.testudo.cli.attest.EvidenceVerdict.Policy;
import dev.testudo.policy.decision.Decision.Accepted;
import dev.testudo.policy.decision.Decision.Denied;
import dev.testudo.policy.decision.Remark;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.trust.attest.eventlog.BootFacts;
import dev.testudo.trust.attest.eventlog.ReplayedLog;
import dev.testudo.trust.attest.evidence.ClaimsJson;
import dev.testudo.trust.attest.evidence.Verification.Checked;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Writes a verdict as JSON. docs/cli.md lists the members.
public final class VerdictJson {
  private VerdictJson() {}

  /// Returns the JSON object.
  public static JsonBuilder of(EvidenceVerdict verdict) {
    var json =
        new JsonBuilder()
            .put("verified", verdict.holds())
            .put("at", verdict.at().toString())
            .put("binding_checked", verdict.bound())
            .put(
                "hardware_attested",
                verdict.holds()
                    && verdict.claims().filter(EvidenceClaims::isHardwareAttested).isPresent())
            .put("checks", array(verdict.verification().checks().stream().map(VerdictJson::of)));
    if (verdict.verification() instanceof Rejected rejected) {
      json.put("rejection", of(rejected));
    }
    verdict.claims().ifPresent(claims -> json.put("claims", ClaimsJson.encode(claims)));
    verdict.log().ifPresent(log -> json.put("event_log", of(log)));
    verdict.policy().ifPresent(policy -> json.put("policy", of(policy)));
    return json;
  }

  private static JsonValue array(Stream<JsonValue> elements) {
    return new JsonArray(elements.toList());
  }

  private static JsonValue of(Checked checked) {
    return new JsonBuilder()
        .put("check", checked.check().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("text", checked.check().text())
        .put("outcome", checked.outcome().toString())
        .put("result", checked.result())
        .put("source", checked.check().source())
        .build();
  }

  private static JsonValue of(Rejected rejected) {
    return new JsonBuilder()
        .put("id", rejected.id().text())
        .put("reason", rejected.reason())
        .put("missing", rejected.missing().stream().map(Object::toString).sorted().toList())
        .build();
  }

  private static JsonValue of(ReplayedLog log) {
    var facts = BootFacts.of(log);
    var json =
        new JsonBuilder()
            .put("matches", log.holds())
            .put(
                "registers",
                array(
                    log.registers().stream()
                        .map(
                            register ->
                                new JsonBuilder()
                                    .put("state", register.state().toString())
                                    .put("replayed", register.replayed().hex())
                                    .put("quoted", register.quoted().hex())
                                    .build())));
    facts.secureBoot().ifPresent(on -> json.put("secure_boot", on));
    return json.put(
            "started",
            array(
                facts.started().stream()
                    .map(
                        one ->
                            new JsonBuilder()
                                .put("path", one.path())
                                .put("authenticode", one.authenticode())
                                .build())))
        .put("command_lines", facts.commandLines())
        .put(
            "events",
            array(
                facts.runtime().stream()
                    .map(
                        content ->
                            new JsonBuilder()
                                .put("name", content.event().name())
                                .put("payload", content.event().data().hex())
                                .build())))
        .build();
  }

  private static JsonValue of(Policy policy) {
    var json = new JsonBuilder().put("name", policy.name()).put("accepted", policy.accepts());
    switch (policy.decision()) {
      case Accepted accepted ->
          json.put("reasons", List.<String>of())
              .put("remarks", accepted.remarks().stream().map(Remark::text).toList());
      case Denied denied -> json.put("reasons", denied.lines()).put("remarks", List.<String>of());
    }
    return json.build();
  }
}
