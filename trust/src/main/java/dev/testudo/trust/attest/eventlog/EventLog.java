package dev.testudo.trust.attest.eventlog;

import dev.testudo.trust.attest.evidence.Octets;
import java.util.ArrayList;
import java.util.List;

/// An event log as it was received. Nothing about it is verified; [ReplayedLog] is.
///
/// @param form how it was written
/// @param events those that extended a register, in order
public record EventLog(Form form, List<Event> events) {
  /// The most events of a log.
  public static final int MOST_EVENTS = 10_000;

  /// Copies the list.
  public EventLog {
    events = List.copyOf(events);
  }

  /// The forms of event logs.
  public enum Form {
    /// The firmware's log, as the ACPI table CCEL names it, in TCG's crypto-agile format.
    CCEL("CCEL event log", RegisterBank.RTMR),
    /// A list in JSON with the events of programs, perhaps beside those of the firmware.
    RUNTIME("run-time event log", RegisterBank.RTMR),
    /// The log of the firmware and the kernel about a TPM, in TCG's crypto-agile format.
    TPM("event log of a TPM", RegisterBank.PCR);

    private final String text;
    private final RegisterBank bank;

    Form(String text, RegisterBank bank) {
      this.text = text;
      this.bank = bank;
    }

    /// Returns the registers that the log is about.
    public RegisterBank bank() {
      return bank;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /// Returns the registers that the events give: each begins with zeros, and every event replaces
  /// it by the hash of register ‖ digest. Register 0 of a TPM can begin with another value; it is
  /// then another here.
  public List<Octets> replay() {
    var registers = new ArrayList<byte[]>();
    for (var i = 0; i < form.bank().count(); i++) {
      registers.add(new byte[form.bank().bytes()]);
    }
    var hash = form.bank().digest();
    for (var event : events) {
      hash.update(registers.get(event.register()));
      registers.set(event.register(), hash.digest(event.digest().toBytes()));
    }
    return registers.stream().map(Octets::of).toList();
  }

  /// Returns whether any event extended a register.
  boolean mentions(int register) {
    return events.stream().anyMatch(event -> event.register() == register);
  }
}
