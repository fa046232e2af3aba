package dev.testudo.policy.evidence;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// How good the TCB of an Intel platform is.
///
/// @param status the status of the parts together
/// @param parts what it is made of
/// @param evaluationNumber the TCB recovery event that the documents know of; the lower one, if
///     they differ
public record IntelTcb(TcbStatus status, List<Part> parts, int evaluationNumber) {
  /// Copies the list, which has at least one part.
  public IntelTcb {
    parts = List.copyOf(parts);
  }

  /// Returns the advisories that apply to any part.
  public SortedSet<String> advisories() {
    var all = new TreeSet<String>();
    parts.forEach(part -> all.addAll(part.advisories()));
    return all;
  }

  /// Returns the date of the oldest level of a part.
  public Instant date() {
    return parts.stream().map(Part::date).min(Comparator.naturalOrder()).orElseThrow();
  }

  /// A part of the TCB, with the level that it has reached.
  ///
  /// @param date the day whose fixes the level has
  /// @param shortfalls what it lacks for the highest level
  public record Part(
      PartKind kind,
      TcbStatus status,
      Instant date,
      List<String> advisories,
      List<TcbShortfall> shortfalls) {
    /// Copies the lists.
    public Part {
      advisories = List.copyOf(advisories);
      shortfalls = List.copyOf(shortfalls);
    }
  }

  /// The parts of a TCB.
  public enum PartKind {
    /// Processor, microcode and firmware.
    PLATFORM("platform"),
    /// The TDX module that launched the domain.
    MODULE("TDX module"),
    /// The platform with the TDX module that runs now.
    CURRENT_PLATFORM("platform now"),
    /// The TDX module that runs now.
    CURRENT_MODULE("TDX module now"),
    /// The quoting enclave.
    QE("quoting enclave");

    private final String text;

    PartKind(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
