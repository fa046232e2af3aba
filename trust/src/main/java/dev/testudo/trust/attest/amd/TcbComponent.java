package dev.testudo.trust.attest.amd;

/// The components of TCB_VERSION: their bytes in a report, and the extensions that certify them
/// (AMD 57230, table 8).
enum TcbComponent {
  FMC("fmc", "9", -1, 0),
  BOOT_LOADER("boot_loader", "1", 0, 1),
  TEE("tee", "2", 1, 2),
  SNP("snp", "3", 6, 3),
  MICROCODE("microcode", "8", 7, 7);

  private final String text;
  private final String arc;
  private final int positionBeforeTurin;
  private final int positionOnTurin;

  TcbComponent(String text, String arc, int positionBeforeTurin, int positionOnTurin) {
    this.text = text;
    this.arc = arc;
    this.positionBeforeTurin = positionBeforeTurin;
    this.positionOnTurin = positionOnTurin;
  }

  /// Returns the position of its byte; negative if the generation does not have it.
  int position(SnpGeneration generation) {
    return generation == SnpGeneration.TURIN ? positionOnTurin : positionBeforeTurin;
  }

  /// Returns the last number of the object identifier of its extension.
  String arc() {
    return arc;
  }

  @Override
  public String toString() {
    return text;
  }
}
