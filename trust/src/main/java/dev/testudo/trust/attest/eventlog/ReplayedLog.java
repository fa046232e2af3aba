package dev.testudo.trust.attest.eventlog;

import dev.testudo.trust.attest.evidence.Octets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// An event log that was compared with the registers that a verified quote signs. The digests of a
/// register are believed only if they give it; what an event says only if its digest is a hash of
/// it.
///
/// @param registers the comparison of the registers that the quote signs
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

  /// Compares a log with all registers.
  ///
  /// @param quoted RTMR0 to RTMR3 of a quote that is verified, 48 bytes each
  public static ReplayedLog of(EventLog log, List<Octets> quoted) {
    if (quoted.size() != log.form().bank().count()) {
      throw new IllegalArgumentException("there are " + log.form().bank().count() + " registers");
    }
    var numbered = new TreeMap<Integer, Octets>();
    quoted.forEach(register -> numbered.put(numbered.size(), register));
    return of(log, numbered);
  }

  /// Compares a log with some registers.
  ///
  /// @param quoted the registers of a quote that is verified, by number
  public static ReplayedLog of(EventLog log, SortedMap<Integer, Octets> quoted) {
    var replayed = log.replay();
    var registers = new ArrayList<Register>();
    var matching = new HashSet<Integer>();
    quoted.forEach(
        (number, value) -> {
          var state = state(log, number, replayed.get(number), value);
          registers.add(new Register(number, state, replayed.get(number), value));
          if (state == State.MATCHES) {
            matching.add(number);
          }
        });
    var believed =
        log.events().stream()
            .filter(event -> matching.contains(event.register()))
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
