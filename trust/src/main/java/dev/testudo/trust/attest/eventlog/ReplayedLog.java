package dev.testudo.trust.attest.eventlog;

import dev.testudo.trust.attest.evidence.Octets;
import java.util.ArrayList;
import java.util.List;

/// An event log that was compared with the registers that a verified quote signs. The digests of a
/// register are believed only if they give it; what an event says only if its digest is a hash of
/// it.
///
/// @param registers the comparison of RTMR0 to RTMR3
/// @param believed the events of the registers that match, in order
public record ReplayedLog(List<Register> registers, List<EventContent> believed) {
  /// Copies the lists.
  public ReplayedLog {
    registers = List.copyOf(registers);
    believed = List.copyOf(believed);
  }

  /// The comparison of a register.
  ///
  /// @param replayed what the events of the log give
  /// @param quoted what the quote says
  public record Register(int number, State state, Octets replayed, Octets quoted) {}

  /// The outcomes of a comparison.
  public enum State {
    /// The events give the register.
    MATCHES("matches"),
    /// The log has no event of the register, which was extended. Nothing is known about it.
    NOT_IN_LOG("not in the log"),
    /// The events give something else: the log is of another boot, incomplete or forged.
    DIFFERS("differs");

    private final String text;

    State(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /// Compares a log with registers.
  ///
  /// @param quoted RTMR0 to RTMR3 of a quote that is verified, 48 bytes each
  public static ReplayedLog of(EventLog log, List<Octets> quoted) {
    if (quoted.size() != EventLog.REGISTERS) {
      throw new IllegalArgumentException("there are four registers");
    }
    var replayed = log.replay();
    var registers = new ArrayList<Register>();
    for (var i = 0; i < EventLog.REGISTERS; i++) {
      var state = state(log, i, replayed.get(i), quoted.get(i));
      registers.add(new Register(i, state, replayed.get(i), quoted.get(i)));
    }
    var believed =
        log.events().stream()
            .filter(event -> registers.get(event.register()).state() == State.MATCHES)
            .map(EventContent::of)
            .toList();
    return new ReplayedLog(registers, believed);
  }

  private static State state(EventLog log, int register, Octets replayed, Octets quoted) {
    if (replayed.equals(quoted)) {
      return State.MATCHES;
    }
    return log.mentions(register) ? State.DIFFERS : State.NOT_IN_LOG;
  }

  /// Returns whether no register contradicts the log.
  public boolean holds() {
    return registers.stream().noneMatch(register -> register.state() == State.DIFFERS);
  }
}
