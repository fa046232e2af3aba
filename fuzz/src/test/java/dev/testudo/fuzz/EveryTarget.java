package dev.testudo.fuzz;

import java.io.IOException;

/// Gives each input to all targets, so that a short run needs one process only.
public final class EveryTarget {
  private EveryTarget() {}

  /// Reads one input in every way.
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    SessionTarget.fuzzerTestOneInput(input);
    ManifestTarget.fuzzerTestOneInput(input);
    TemplateTarget.fuzzerTestOneInput(input);
    KeyMaterialTarget.fuzzerTestOneInput(input);
    MessageTarget.fuzzerTestOneInput(input);
    EvidenceFileTarget.fuzzerTestOneInput(input);
    SnpReportTarget.fuzzerTestOneInput(input);
    QuoteTarget.fuzzerTestOneInput(input);
    IntelDocumentTarget.fuzzerTestOneInput(input);
    AuditLogTarget.fuzzerTestOneInput(input);
    BackupTarget.fuzzerTestOneInput(input);
    LayerTarget.fuzzerTestOneInput(input);
    ImageDocumentTarget.fuzzerTestOneInput(input);
    VolumeTarget.fuzzerTestOneInput(input);
    VolumeStoreTarget.fuzzerTestOneInput(input);
    FuseTarget.fuzzerTestOneInput(input);
    PeTarget.fuzzerTestOneInput(input);
    CpioTarget.fuzzerTestOneInput(input);
    FirmwareTarget.fuzzerTestOneInput(input);
    InitdataTarget.fuzzerTestOneInput(input);
    ElfTarget.fuzzerTestOneInput(input);
  }
}
