package dev.testudo.vm.measure.tpm;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.MeasurementHash;
import dev.testudo.vm.measure.MeasuredEvent;
import dev.testudo.vm.measure.MeasuredRegister;
import java.util.ArrayList;
import java.util.List;

/// The events of a log in the format of the TCG PC Client Platform Firmware Profile, section 10.2,
/// with SHA-256 as its only bank. It trusts what it reads.
final class TpmEventLog {
  private static final int SHA256 = 0xb;
  private static final int HEADER = 32;

  record Event(int pcr, long type, Octets digest, Octets data) {}

  private TpmEventLog() {}

  static List<Event> read(Octets log) {
    var events = new ArrayList<Event>();
    var at = HEADER + (int) log.u32(HEADER - 4);
    while (at < log.length() && log.u32(at) != 0xffffffffL) {
      if (log.u32(at + 8) != 1 || log.u16(at + 12) != SHA256) {
        throw new IllegalArgumentException("another bank");
      }
      var size = (int) log.u32(at + 46);
      events.add(
          new Event(
              (int) log.u32(at),
              log.u32(at + 4),
              log.slice(at + 14, 32),
              log.slice(at + 50, size)));
      at += 50 + size;
    }
    return events;
  }

  /// Returns the events of a PCR as a register.
  static MeasuredRegister register(List<Event> log, int pcr) {
    return new MeasuredRegister(
        MeasurementHash.SHA256,
        log.stream()
            .filter(event -> event.pcr() == pcr && event.type() != 3)
            .map(event -> new MeasuredEvent("", event.digest()))
            .toList());
  }
}
