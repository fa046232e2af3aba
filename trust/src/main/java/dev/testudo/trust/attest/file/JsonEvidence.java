package dev.testudo.trust.attest.file;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.attest.eventlog.EventLog;
import dev.testudo.trust.attest.eventlog.RuntimeEvents;
import dev.testudo.trust.attest.eventlog.TcgLog;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Evidence.TpmQuote;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.EvidenceJson;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.file.EvidenceFile.Item;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.JsonValue.JsonString;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.Pem;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Evidence in JSON, in the forms that are in use: our own ([EvidenceJson]), the attributes of
/// configfs-tsm, Azure's as Confidential Containers' trustee writes it, and a quote beside an event
/// log as dstack and trustee write it. Members that are not needed are ignored.
final class JsonEvidence {
  private static final int MOST_PART = Evidence.MOST_BYTES;

  private JsonEvidence() {}

  static EvidenceFile read(JsonValue json, int wrappings)
      throws EvidenceException, MessageException {
    if (json instanceof JsonArray) {
      return EvidenceFile.of(new Item.Log(RuntimeEvents.parse(json)));
    }
    var members = ((JsonObject) json).members();
    if (members.containsKey("kind")) {
      return proof(EvidenceJson.decode(JsonMembers.of(json, "evidence")));
    }
    if (members.containsKey("outblob")) {
      return configfs(JsonMembers.of(json, "evidence"), wrappings);
    }
    if (members.containsKey("hcl_report") || members.containsKey("report")) {
      return proof(azure(JsonMembers.of(json, "evidence")));
    }
    if (members.containsKey("quote") || members.containsKey("event_log")) {
      return quoteWithLog(JsonMembers.of(json, "evidence"));
    }
    throw EvidenceFiles.unsupported(
        "the JSON is no evidence that is known here: it has none of the members `kind`, `outblob`,"
            + " `hcl_report`, `report`, `quote`, `event_log`");
  }

  private static EvidenceFile proof(Evidence evidence) {
    return EvidenceFile.of(new Item.Proof(evidence));
  }

  /// The attributes of a report in configfs-tsm, in base64 or hexadecimal.
  private static EvidenceFile configfs(JsonMembers fields, int wrappings) throws EvidenceException {
    var file = EvidenceFiles.read(blob(fields, "outblob"), wrappings).in("configfs-tsm");
    var auxiliary = fields.has("auxblob") ? blob(fields, "auxblob") : Octets.of(new byte[0]);
    if (auxiliary.isZero()) {
      return file;
    }
    var items = new ArrayList<Item>();
    for (var item : file.items()) {
      items.add(
          item instanceof Item.Proof(Evidence.SnpReport(var report, _))
              ? new Item.Proof(new Evidence.SnpReport(report, Optional.of(auxiliary)))
              : item);
    }
    return new EvidenceFile(file.wrappings(), items);
  }

  /// Azure's evidence: a report of the paravisor, a quote of its TPM, and the certificate of the
  /// chip or the quote of the TD. The names of the oldest version differ.
  private static Evidence azure(JsonMembers fields) throws EvidenceException, MessageException {
    var report = blob(fields, fields.has("hcl_report") ? "hcl_report" : "report");
    var quoteName = fields.has("tpm_quote") ? "tpm_quote" : "quote";
    var quote = tpmQuote(fields.object(quoteName));
    if (fields.has("td_quote")) {
      return new Evidence.AzureTdx(report, quote, blob(fields, "td_quote"));
    }
    if (!fields.has("vcek")) {
      throw EvidenceFiles.malformed("Azure's evidence has neither `td_quote` nor `vcek`");
    }
    return new Evidence.AzureSnp(report, quote, certificates(fields));
  }

  private static Octets certificates(JsonMembers fields)
      throws EvidenceException, MessageException {
    var text = fields.text("vcek");
    if (text.contains("-----BEGIN ")) {
      return Octets.of(text.getBytes(UTF_8));
    }
    var pem = Pem.write("CERTIFICATE", blob(fields, "vcek").toBytes());
    return Octets.of(pem.getBytes(US_ASCII));
  }

  private static TpmQuote tpmQuote(JsonMembers fields) throws EvidenceException, MessageException {
    var pcrs = new ByteArrayOutputStream();
    for (var pcr : fields.array("pcrs")) {
      pcrs.writeBytes(Blobs.of(pcr, "pcrs", 32).toBytes());
    }
    return new TpmQuote(
        blob(fields, "message"), blob(fields, "signature"), Octets.of(pcrs.toByteArray()));
  }

  /// A quote of TDX or SGX, and the event log of the domain.
  private static EvidenceFile quoteWithLog(JsonMembers fields)
      throws EvidenceException, MessageException {
    var items = new ArrayList<Item>();
    if (fields.has("quote")) {
      items.add(new Item.Proof(RawEvidence.quote(blob(fields, "quote"))));
    }
    for (var name : List.of("cc_eventlog", "event_log")) {
      var log = fields.optional(name).filter(value -> !(value instanceof JsonValue.JsonNull));
      if (log.isPresent()) {
        items.add(new Item.Log(log(log.get(), name)));
      }
    }
    return new EvidenceFile(List.of(), items);
  }

  /// An array, an array as text, or the firmware's log in base64.
  private static EventLog log(JsonValue value, String name)
      throws EvidenceException, MessageException {
    if (value instanceof JsonString(var text) && text.startsWith("[")) {
      return RuntimeEvents.parse(Json.read(text.getBytes(UTF_8), EvidenceFile.MOST_BYTES));
    }
    return value instanceof JsonArray
        ? RuntimeEvents.parse(value)
        : TcgLog.ccel(Blobs.of(value, name, TcgLog.MOST_BYTES));
  }

  private static Octets blob(JsonMembers fields, String name) throws EvidenceException {
    var value =
        fields
            .optional(name)
            .orElseThrow(() -> EvidenceFiles.malformed("the JSON has no `%s`".formatted(name)));
    return Blobs.of(value, name, MOST_PART);
  }
}
