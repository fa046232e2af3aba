package dev.testudo.cli.attest;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.attest.amd.AmdFields;
import dev.testudo.trust.attest.azure.AzureFields;
import dev.testudo.trust.attest.eventlog.EventLogFields;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Field;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.file.EvidenceFile.Item;
import dev.testudo.trust.attest.intel.IntelFields;
import dev.testudo.trust.attest.tpm.TpmFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The fields of the things that files hold.
public final class ItemFields {
  private ItemFields() {}

  /// Returns the name of a thing, such as `tdx-quote`.
  public static String kind(Item item) {
    return switch (item) {
      case Item.Proof(Evidence.Software _) -> "software-evidence";
      case Item.Proof(Evidence.SgxQuote _) -> "sgx-quote";
      case Item.Proof(Evidence.TdxQuote _) -> "tdx-quote";
      case Item.Proof(Evidence.SnpReport _) -> "sev-snp-report";
      case Item.Proof(Evidence.AzureSnp _) -> "azure-sev-snp";
      case Item.Proof(Evidence.AzureTdx _) -> "azure-tdx";
      case Item.Proof(Evidence.Tpm _) -> "tpm-evidence";
      case Item.HclReport _ -> "hcl-report";
      case Item.CertificateTable _ -> "certificate-table";
      case Item.Log _ -> "event-log";
    };
  }

  /// Returns what a thing is, for people.
  public static String title(Item item) {
    return switch (item) {
      case Item.Proof(Evidence.Software _) -> "software evidence";
      case Item.Proof(Evidence.SgxQuote _) -> "quote of an SGX enclave";
      case Item.Proof(Evidence.TdxQuote _) -> "quote of a TDX domain";
      case Item.Proof(Evidence.SnpReport _) -> "report of a SEV-SNP guest";
      case Item.Proof(Evidence.AzureSnp _) -> "Azure's evidence of a SEV-SNP guest";
      case Item.Proof(Evidence.AzureTdx _) -> "Azure's evidence of a TDX domain";
      case Item.Proof(Evidence.Tpm _) -> "evidence of a TPM";
      case Item.HclReport _ -> "report of Azure's paravisor (HCL)";
      case Item.CertificateTable _ -> "certificate table of a SEV-SNP host";
      case Item.Log(var log) -> log.form().toString();
    };
  }

  /// Returns every field of a thing.
  ///
  /// @param file its name in messages
  /// @throws CommandFailed if it does not follow its format
  public static List<Field> of(Item item, String file) throws CommandFailed {
    try {
      return of(item);
    } catch (EvidenceException e) {
      throw CommandFailed.input("%s: %s [%s]".formatted(file, e.reason(), e.id()));
    }
  }

  private static List<Field> of(Item item) throws EvidenceException {
    return switch (item) {
      case Item.Proof(var evidence) -> of(evidence);
      case Item.HclReport(var bytes) -> AzureFields.describe(bytes);
      case Item.CertificateTable(var bytes) -> AmdFields.describeCertificates(bytes);
      case Item.Log(var log) -> EventLogFields.describe(log);
    };
  }

  private static List<Field> of(Evidence evidence) throws EvidenceException {
    return switch (evidence) {
      case Evidence.Software software ->
          List.of(
              Field.of("image", software.image().hex(), "measurement of the image"),
              Field.of("machine", software.machine().hex(), "what this machine adds"),
              Field.of("report data", software.reportData().hex(), "SHA-512(key ‖ nonce)"));
      case Evidence.SgxQuote(var quote) -> IntelFields.describe(quote);
      case Evidence.TdxQuote(var quote) -> IntelFields.describe(quote);
      case Evidence.SnpReport(var report, var certificates) -> snp(report, certificates);
      case Evidence.AzureSnp azure ->
          List.of(
              Field.group("HCL report", AzureFields.describe(azure.hclReport())),
              Field.group("TPM quote", TpmFields.describe(azure.quote())),
              Field.group("certificates", AmdFields.describePem(azure.certificates())));
      case Evidence.AzureTdx azure ->
          List.of(
              Field.group("HCL report", AzureFields.describe(azure.hclReport())),
              Field.group("TPM quote", TpmFields.describe(azure.quote())),
              Field.group("TD quote", IntelFields.describe(azure.tdQuote())));
      case Evidence.Tpm tpm -> TpmFields.describe(tpm);
    };
  }

  private static List<Field> snp(Octets report, Optional<Octets> certificates)
      throws EvidenceException {
    var fields = new ArrayList<>(AmdFields.describe(report));
    if (certificates.isPresent()) {
      fields.add(Field.group("certificates", AmdFields.describeCertificates(certificates.get())));
    }
    return fields;
  }
}
