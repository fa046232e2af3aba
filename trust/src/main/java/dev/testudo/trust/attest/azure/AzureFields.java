package dev.testudo.trust.attest.azure;

import dev.testudo.trust.attest.amd.AmdFields;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Field;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import java.util.List;

/// Describes evidence of Azure for people. Nothing is verified.
public final class AzureFields {
  private static final int HASH_BYTES = 32;
  private static final int TDREPORT_DATA = 0x80;
  private static final int REPORT_DATA_BYTES = 64;

  private AzureFields() {}

  /// Returns the fields of a paravisor's report, with those of the hardware's report in it.
  ///
  /// @throws EvidenceException if it does not follow its format
  public static List<Field> describe(Octets hclReport) throws EvidenceException {
    var hcl = HclReport.parse(hclReport);
    return List.of(
        Field.of("type", hcl.kind().toString(), "the hardware; its measurement is the paravisor's"),
        switch (hcl.kind()) {
          case SEV_SNP -> Field.group("report", AmdFields.describe(hcl.report()));
          case TDX -> Field.group("TDREPORT", tdReport(hcl.report()));
        },
        new Field(
            "runtime data",
            Integer.toString(hcl.runtimeData().length()),
            "bytes of JSON; SHA-256 %s".formatted(hcl.reportData().slice(0, HASH_BYTES).hex()),
            runtimeData(hcl.runtimeData())));
  }

  /// The host's processor can check a TDREPORT, nobody else: the quote over it says the same.
  private static List<Field> tdReport(Octets report) {
    return List.of(
        Field.of(
            "REPORTDATA",
            report.slice(TDREPORT_DATA, REPORT_DATA_BYTES).hex(),
            "SHA-256 of the runtime data; see the TD quote for the rest"));
  }

  private static List<Field> runtimeData(Octets json) throws EvidenceException {
    try {
      return members(Json.read(json.toBytes(), Evidence.MOST_BYTES));
    } catch (MessageException e) {
      return List.of(Field.of("malformed", "", String.valueOf(e.getMessage())));
    }
  }

  private static List<Field> members(JsonValue value) {
    return switch (value) {
      case JsonValue.JsonObject(var members) ->
          members.entrySet().stream().map(m -> field(m.getKey(), m.getValue())).toList();
      case JsonValue.JsonArray(var elements) ->
          elements.stream().map(element -> field("", element)).toList();
      case JsonValue.JsonString _,
          JsonValue.JsonNumber _,
          JsonValue.JsonBoolean _,
          JsonValue.JsonNull _ ->
          List.of();
    };
  }

  private static Field field(String name, JsonValue value) {
    var text =
        switch (value) {
          case JsonValue.JsonString(var string) -> string;
          case JsonValue.JsonObject _, JsonValue.JsonArray _ -> "";
          case JsonValue.JsonNumber _, JsonValue.JsonBoolean _, JsonValue.JsonNull _ ->
              Json.writeText(value);
        };
    return new Field(printable(name), printable(text), "", members(value));
  }

  private static String printable(String text) {
    return text.replaceAll("[^ -~]", "?");
  }
}
