package dev.testudo.agent.attest.source;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.agent.attest.tpm.Tpm;
import dev.testudo.agent.attest.tpm.TpmException;
import dev.testudo.agent.attest.tpm.TpmTransport;
import dev.testudo.linux.sys.KernelAttributes;
import dev.testudo.policy.evidence.Isolation;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Evidence.TpmQuote;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.ReportData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Evidence of confidential VMs on Azure. The paravisor requested a report at boot and keeps it in
/// its TPM (the HCL report). A fresh quote of the TPM, by the key that the report names, binds it
/// to the report data.
///
/// @param opener opens the TPM
/// @param isolation what the HCL report is about
record AzureVtpm(Opener opener, MetadataService metadata, Isolation isolation)
    implements HardwareSource {
  /// Opens the TPM for one exchange.
  interface Opener {
    /// Opens it. The caller closes it.
    TpmTransport open() throws IOException;
  }

  /// The NV index with the HCL report.
  static final int REPORT_INDEX = 0x0140_0001;

  /// The handle of the key that the HCL report names (`HCLAkPub`).
  static final int ATTESTATION_KEY = 0x8100_0003;

  /// The asset tag of every virtual machine on Azure.
  private static final String AZURE = "7783-7084-3265-9085-8269-3286-77";

  private static final int MOST_TEXT = 128;
  private static final String SIGNATURE = "HCLA";

  /// The hardware's report follows the header of 32 bytes; 1,184 bytes are reserved for it.
  private static final int HEADER = 32;

  private static final int HARDWARE_REPORT = 1184;
  private static final int TD_REPORT = 1024;

  /// Then: size, version, and the type of the hardware's report.
  private static final int TYPE_OFFSET = HEADER + HARDWARE_REPORT + 8;

  private static final int SNP = 2;
  private static final int TDX = 4;

  /// Returns whether this machine is a virtual machine on Azure. It decides only where to look.
  static boolean isAzure(Path assetTag) throws IOException {
    return Files.isReadable(assetTag)
        && new String(KernelAttributes.read(assetTag, MOST_TEXT), US_ASCII).strip().equals(AZURE);
  }

  /// Returns the source, or empty if the TPM has no HCL report: this is not a confidential VM.
  ///
  /// @throws IOException if the TPM does not work, or the report is of an unknown kind
  static Optional<AzureVtpm> find(Opener opener, MetadataService metadata) throws IOException {
    try (var tpm = new Tpm(opener.open())) {
      var report = tpm.read(REPORT_INDEX, Evidence.MOST_BYTES);
      return report.isEmpty()
          ? Optional.empty()
          : Optional.of(new AzureVtpm(opener, metadata, isolation(Octets.of(report.get()))));
    }
  }

  private static Isolation isolation(Octets report) throws IOException {
    if (report.length() < TYPE_OFFSET + 4
        || !new String(report.slice(0, 4).toBytes(), US_ASCII).equals(SIGNATURE)) {
      throw new IOException(
          "NV index %#x of the TPM has no HCL report of Azure".formatted(REPORT_INDEX));
    }
    long type = report.u32(TYPE_OFFSET);
    if (type == SNP) {
      return Isolation.SEV_SNP;
    }
    if (type == TDX) {
      return Isolation.TDX;
    }
    throw new IOException("the HCL report of Azure is of type %d, not 2 or 4".formatted(type));
  }

  @Override
  public SourceName name() {
    return SourceName.AZURE_VTPM;
  }

  @Override
  public Duration pause() {
    return Duration.ofSeconds(1);
  }

  /// What the TPM delivers.
  private record Vouched(Octets report, TpmQuote quote) {}

  @Override
  public Evidence request(ReportData data) throws IOException, InterruptedException {
    var vouched = vouched(data);
    if (isolation == Isolation.TDX) {
      var quote = metadata.quote(vouched.report.slice(HEADER, TD_REPORT));
      return new Evidence.AzureTdx(vouched.report, vouched.quote, quote);
    }
    return new Evidence.AzureSnp(vouched.report, vouched.quote, metadata.certificates());
  }

  private Vouched vouched(ReportData data) throws IOException {
    try (var tpm = new Tpm(opener.open())) {
      var read = tpm.read(REPORT_INDEX, Evidence.MOST_BYTES);
      var report =
          Octets.of(read.orElseThrow(() -> new IOException("the TPM has no HCL report any more")));
      if (isolation(report) != isolation) {
        throw new IOException("the HCL report is of another type than before");
      }
      var quote = tpm.quote(ATTESTATION_KEY, data.tpmQualifyingData().toBytes());
      return new Vouched(report, quote);
    } catch (TpmException e) {
      if (e.mayPass()) {
        throw new BusySourceException(String.valueOf(e.getMessage()), e);
      }
      throw e;
    }
  }
}
