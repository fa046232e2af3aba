package dev.testudo.trust.attest.evidence;

import dev.testudo.trust.attest.evidence.Evidence.TpmQuote;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import java.util.Optional;

/// Reads and writes evidence as JSON, in one form per kind. See `docs/formats/attested-channel.md`.
public final class EvidenceJson {
  private static final String SOFTWARE = "software";
  private static final String SGX = "sgx";
  private static final String TDX = "tdx";
  private static final String SEV_SNP = "sev-snp";
  private static final String AZURE_SEV_SNP = "azure-sev-snp";
  private static final String AZURE_TDX = "azure-tdx";
  private static final String TPM = "tpm";

  private EvidenceJson() {}

  /// Returns the JSON object of `evidence`.
  public static JsonValue encode(Evidence evidence) {
    var object = new JsonBuilder();
    switch (evidence) {
      case Evidence.Software software ->
          object
              .put("kind", SOFTWARE)
              .put("image", software.image().hex())
              .put("machine", software.machine().hex())
              .put("report_data", software.reportData().hex());
      case Evidence.SgxQuote sgx -> object.put("kind", SGX).put("quote", sgx.quote().base64());
      case Evidence.TdxQuote tdx -> object.put("kind", TDX).put("quote", tdx.quote().base64());
      case Evidence.SnpReport snp ->
          object
              .put("kind", SEV_SNP)
              .put("report", snp.report().base64())
              .put("certificates", snp.certificates().map(Octets::base64));
      case Evidence.AzureSnp azure ->
          object
              .put("kind", AZURE_SEV_SNP)
              .put("hcl_report", azure.hclReport().base64())
              .put("tpm_quote", tpmQuote(azure.quote()))
              .put("certificates", azure.certificates().base64());
      case Evidence.AzureTdx azure ->
          object
              .put("kind", AZURE_TDX)
              .put("hcl_report", azure.hclReport().base64())
              .put("tpm_quote", tpmQuote(azure.quote()))
              .put("td_quote", azure.tdQuote().base64());
      case Evidence.Tpm tpm ->
          object
              .put("kind", TPM)
              .put("tpm_quote", tpmQuote(tpm.quote()))
              .put("attestation_key", tpm.attestationKey().base64())
              .put("endorsement_key", tpm.endorsement().key().base64())
              .put("endorsement_certificate", tpm.endorsement().certificate().map(Octets::base64))
              .put("credential", tpm.endorsement().credential().base64())
              .put("event_log", tpm.eventLog().base64());
    }
    return object.build();
  }

  /// Decodes the result of [#encode].
  ///
  /// @throws MessageException if the kind is unknown or a value is malformed
  public static Evidence decode(JsonMembers fields) throws MessageException {
    var kind = fields.text("kind");
    Evidence evidence =
        switch (kind) {
          case SOFTWARE -> software(fields);
          case SGX -> new Evidence.SgxQuote(bytes(fields, "quote"));
          case TDX -> new Evidence.TdxQuote(bytes(fields, "quote"));
          case SEV_SNP ->
              new Evidence.SnpReport(
                  bytes(fields, "report"),
                  fields.has("certificates")
                      ? Optional.of(bytes(fields, "certificates"))
                      : Optional.empty());
          case AZURE_SEV_SNP ->
              new Evidence.AzureSnp(
                  bytes(fields, "hcl_report"),
                  tpmQuote(fields.object("tpm_quote")),
                  bytes(fields, "certificates"));
          case AZURE_TDX ->
              new Evidence.AzureTdx(
                  bytes(fields, "hcl_report"),
                  tpmQuote(fields.object("tpm_quote")),
                  bytes(fields, "td_quote"));
          case TPM -> tpm(fields);
          default -> throw fields.wrong("kind", "a kind of evidence that is known here");
        };
    fields.done();
    return evidence;
  }

  private static Evidence software(JsonMembers fields) throws MessageException {
    try {
      return new Evidence.Software(
          new Measurement(fields.text("image")),
          new Measurement(fields.text("machine")),
          new ReportData(fields.text("report_data")));
    } catch (IllegalArgumentException e) {
      throw new MessageException("`attestation.evidence` is malformed");
    }
  }

  private static Evidence tpm(JsonMembers fields) throws MessageException {
    var endorsement =
        new Evidence.Endorsement(
            bytes(fields, "endorsement_key"),
            fields.has("endorsement_certificate")
                ? Optional.of(bytes(fields, "endorsement_certificate"))
                : Optional.empty(),
            bytes(fields, "credential"));
    return new Evidence.Tpm(
        tpmQuote(fields.object("tpm_quote")),
        bytes(fields, "attestation_key"),
        endorsement,
        bytes(fields, "event_log"));
  }

  private static JsonValue tpmQuote(TpmQuote quote) {
    return new JsonBuilder()
        .put("attest", quote.attest().base64())
        .put("signature", quote.signature().base64())
        .put("pcrs", quote.pcrs().base64())
        .build();
  }

  private static TpmQuote tpmQuote(JsonMembers fields) throws MessageException {
    var quote =
        new TpmQuote(bytes(fields, "attest"), bytes(fields, "signature"), bytes(fields, "pcrs"));
    fields.done();
    return quote;
  }

  private static Octets bytes(JsonMembers fields, String name) throws MessageException {
    try {
      var bytes = Octets.ofBase64(fields.text(name));
      if (bytes.length() <= Evidence.MOST_BYTES) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw fields.wrong(name, "base64");
    }
    throw fields.wrong(name, "at most %d bytes".formatted(Evidence.MOST_BYTES));
  }
}
