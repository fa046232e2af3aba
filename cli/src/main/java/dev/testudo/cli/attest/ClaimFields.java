package dev.testudo.cli.attest;

import dev.testudo.policy.evidence.Endorsement;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.IntelTcb;
import dev.testudo.policy.evidence.Root;
import dev.testudo.policy.evidence.SnpPlatform;
import dev.testudo.trust.attest.evidence.ClaimsJson;
import dev.testudo.trust.attest.evidence.Field;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonBoolean;
import dev.testudo.trust.json.JsonValue.JsonNull;
import dev.testudo.trust.json.JsonValue.JsonNumber;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.JsonValue.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Describes verified claims to people: first what a decision needs most, then every claim under
/// the name that it has in JSON (docs/formats/claims.md).
final class ClaimFields {
  /// Members that the first part shows in words.
  private static final Set<String> SHOWN_BEFORE =
      Set.of("tcb", "endorsement", "committed_tcb", "launch_tcb", "reported_tcb", "current_tcb");

  private ClaimFields() {}

  static List<Field> of(EvidenceClaims claims) {
    var fields = new ArrayList<Field>();
    fields.add(Field.group("what vouches", vouching(claims)));
    var weaknesses = WeaknessFields.of(claims);
    if (!weaknesses.isEmpty()) {
      fields.add(Field.group("what a policy should look at", weaknesses));
    }
    switch (claims) {
      case EvidenceClaims.Software _ -> {}
      case EvidenceClaims.Sgx sgx -> {
        fields.add(status(sgx.platform().tcb()));
        fields.add(expiries(sgx.platform().endorsement()));
      }
      case EvidenceClaims.Tdx tdx -> {
        fields.add(status(tdx.platform().tcb()));
        fields.add(expiries(tdx.platform().endorsement()));
      }
      case EvidenceClaims.Snp snp -> {
        fields.add(Field.group("firmware", versions(snp.platform())));
        fields.add(expiries(snp.platform().endorsement()));
      }
      case EvidenceClaims.Tpm tpm ->
          tpm.machine().tpm().endorsement().ifPresent(e -> fields.add(expiries(e)));
    }
    fields.add(Field.group("claims", members((JsonObject) ClaimsJson.encode(claims))));
    return fields;
  }

  private static List<Field> vouching(EvidenceClaims claims) {
    var fields = new ArrayList<Field>();
    fields.add(Field.of("isolation", claims.isolation().toString(), ""));
    fields.add(Field.of("root", root(claims.root()), ""));
    fields.add(
        Field.of(
            "debug",
            claims.debug() ? "YES" : "no",
            claims.debug() ? "the host can read and change the program" : ""));
    fields.add(Field.of("hardware attested", claims.isHardwareAttested() ? "yes" : "NO", ""));
    return fields;
  }

  private static String root(Root root) {
    return switch (root) {
      case NONE -> "nobody";
      case TEST -> "a TEST root: whoever has its key can forge such evidence";
      case VENDOR -> "the manufacturer";
    };
  }

  private static Field status(IntelTcb tcb) {
    var parts = new ArrayList<Field>();
    for (var part : tcb.parts()) {
      var details = new ArrayList<Field>();
      details.add(Field.of("level", part.date().toString(), "the fixes of this day"));
      details.add(
          Field.of(
              "advisories",
              part.advisories().isEmpty() ? "none" : String.join(" ", part.advisories()),
              ""));
      for (var lack : part.shortfalls()) {
        details.add(
            Field.of(
                lack.component(),
                "" + lack.seen(),
                "the highest level wants %d".formatted(lack.wanted())));
      }
      parts.add(new Field(part.kind().toString(), part.status().toString(), "", details));
    }
    parts.add(
        Field.of("evaluation number", "" + tcb.evaluationNumber(), "what the documents know of"));
    return new Field("status", tcb.status().toString(), "", parts);
  }

  private static List<Field> versions(SnpPlatform platform) {
    var tcb = platform.tcb();
    return List.of(
        Field.of("committed", tcb.committed().toString(), "the host cannot go below this"),
        Field.of("launch", tcb.launch().toString(), "when the guest was launched"),
        Field.of("reported", tcb.reported().toString(), "what the signing key stands for"),
        Field.of("current", tcb.current().toString(), "what runs now"));
  }

  private static Field expiries(Endorsement endorsement) {
    return Field.group(
        "what ends next",
        endorsement.expiries().stream()
            .map(
                end ->
                    Field.of(
                        end.at().toString(),
                        end.document(),
                        end.graced() ? "a policy can allow grace" : ""))
            .toList());
  }

  private static List<Field> members(JsonObject object) {
    var fields = new ArrayList<Field>();
    for (var member : object.members().entrySet()) {
      if (!SHOWN_BEFORE.contains(member.getKey())) {
        fields.add(field(member.getKey(), member.getValue()));
      }
    }
    return fields;
  }

  private static Field field(String name, JsonValue value) {
    return switch (value) {
      case JsonString(var text) -> Field.of(name, text, "");
      case JsonNumber(var number) -> Field.of(name, "" + number, "");
      case JsonBoolean(var flag) -> Field.of(name, flag ? "yes" : "no", "");
      case JsonNull _ -> Field.of(name, "none", "");
      case JsonObject object -> Field.group(name, members(object));
      case JsonArray(var elements) -> {
        var fields = new ArrayList<Field>();
        for (var element : elements) {
          fields.add(field("" + fields.size(), element));
        }
        yield Field.group(name, fields);
      }
    };
  }
}
