package dev.testudo.cli.chart;

import dev.testudo.policy.manifest.KataGuest;
import dev.testudo.policy.manifest.MeshMachine;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.vm.initdata.InitdataAlgorithm;
import java.util.Map;

/// What the guests of Kata Containers get in which services run.
///
/// @param kind the technology of their host
/// @param cas the only key with which agents accept CAS
/// @param measurements the measurement of each service's image, by the name of the service
/// @param files the texts of the files that the Meshfile names, by their paths as written
public record GuestOrder(
    MeshMachine.Kind kind,
    KataGuest guest,
    KeyHash cas,
    Map<String, Measurement> measurements,
    Map<String, String> files) {
  public GuestOrder {
    measurements = Map.copyOf(measurements);
    files = Map.copyOf(files);
  }

  /// Returns the hash whose digest fits the value of the hardware exactly.
  InitdataAlgorithm algorithm() {
    return switch (kind) {
      case SEV_SNP -> InitdataAlgorithm.SHA256;
      case TDX -> InitdataAlgorithm.SHA384;
    };
  }
}
