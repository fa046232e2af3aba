package dev.testudo.vm.measure;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.MeasurementHash;
import java.util.List;

/// A register that can only be extended: a PCR of a TPM or an RTMR of a trust domain. It begins
/// with zeros; each event replaces it by the hash of its value and the event's digest.
///
/// @param events what it was extended with, in this order
public record MeasuredRegister(MeasurementHash hash, List<MeasuredEvent> events) {
  /// Copies the events.
  public MeasuredRegister {
    events = List.copyOf(events);
  }

  /// Returns its value.
  public Octets value() {
    var value = hash.zero();
    for (var event : events) {
      value = hash.of(value, event.digest());
    }
    return value;
  }
}
