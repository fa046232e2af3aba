package dev.testudo.trust.attest.eventlog;

import dev.testudo.trust.attest.evidence.Octets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/// An event log as it was received. Nothing about it is verified; [ReplayedLog] is.
///
/// @param form how it was written
/// @param events those that extended a register, in order
public record EventLog(Form form, List<Event> events) {
  /// The number of registers.
  public static final int REGISTERS = 4;

  /// The most events of a log.
  public static final int MOST_EVENTS = 10_000;

  /// The length of a register and of a digest in bytes: SHA-384.
  public static final int DIGEST_BYTES = 48;

  /// Copies the list.
  public EventLog {
    events = List.copyOf(events);
  }

  /// The forms of event logs.
  public enum Form {
    /// The firmware's log, as the ACPI table CCEL names it, in TCG's crypto-agile format.
    CCEL("CCEL event log"),
    /// A list in JSON with the events of programs, perhaps beside those of the firmware.
    RUNTIME("run-time event log");

    private final String text;

    Form(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /// Returns the registers that the events give: each begins with zeros, and every event replaces
  /// it by SHA-384(register ‖ digest).
  public List<Octets> replay() {
    var registers = new ArrayList<byte[]>();
    for (var i = 0; i < REGISTERS; i++) {
      registers.add(new byte[DIGEST_BYTES]);
    }
    var sha384 = sha384();
    for (var event : events) {
      sha384.update(registers.get(event.register()));
      registers.set(event.register(), sha384.digest(event.digest().toBytes()));
    }
    return registers.stream().map(Octets::of).toList();
  }

  /// Returns whether any event extended a register.
  boolean mentions(int register) {
    return events.stream().anyMatch(event -> event.register() == register);
  }

  static MessageDigest sha384() {
    try {
      return MessageDigest.getInstance("SHA-384");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
