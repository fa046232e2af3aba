package dev.testudo.trust.attest.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ReportDataTest {
  /// `printf '%.0s\0' $(seq 64) | sha256sum`.
  @Test
  void aTpmSignsTheHashOfTheBytes() {
    assertEquals(
        "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b",
        new ReportData("00".repeat(64)).tpmQualifyingData().hex());
  }
}
