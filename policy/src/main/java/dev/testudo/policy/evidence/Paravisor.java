package dev.testudo.policy.evidence;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// Software of the cloud provider between the hardware and the guest. The hardware's measurement is
/// its measurement; the guest's is only in the registers of the TPM that it provides.
///
/// @param provider whose software it is, such as `Microsoft Azure`
/// @param pcrs the registers of the TPM, by number: SHA-256, 32 bytes each; only those that the TPM
///     has signed
/// @param secureBoot whether the guest was started with Secure Boot, as the paravisor says
/// @param vmId the provider's id of the virtual machine
public record Paravisor(
    String provider, SortedMap<Integer, String> pcrs, boolean secureBoot, String vmId) {
  /// Copies the registers.
  public Paravisor {
    pcrs = Collections.unmodifiableSortedMap(new TreeMap<>(pcrs));
  }
}
