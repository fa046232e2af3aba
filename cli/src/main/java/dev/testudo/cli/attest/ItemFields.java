package dev.testudo.cli.attest;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.attest.eventlog.EventLogFields;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Field;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.file.EvidenceFile.Item;
import dev.testudo.trust.attest.intel.IntelFields;
import java.util.List;

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
      case Item.HclReport(var bytes) -> raw("HCL report", bytes);
      case Item.CertificateTable(var bytes) -> raw("certificate table", bytes);
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
      case Evidence.SnpReport(var report, _) -> raw("report", report);
      case Evidence.AzureSnp azure -> raw("HCL report", azure.hclReport());
      case Evidence.AzureTdx azure -> raw("HCL report", azure.hclReport());
    };
  }

  private static List<Field> raw(String name, Octets bytes) {
    return List.of(Field.of(name, "%d bytes".formatted(bytes.length()), ""));
  }
}
