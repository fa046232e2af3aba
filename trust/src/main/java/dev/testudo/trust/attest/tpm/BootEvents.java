package dev.testudo.trust.attest.tpm;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.policy.evidence.ImageSection;
import dev.testudo.trust.attest.eventlog.Event;
import dev.testudo.trust.attest.eventlog.EventContent;
import dev.testudo.trust.attest.eventlog.ReplayedLog;
import dev.testudo.trust.attest.eventlog.ReplayedLog.State;
import dev.testudo.trust.attest.eventlog.TcgLog;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What a replayed event log of a TPM says of the boot. Only digests count: nothing covers the type
/// of an event, so none is used.
///
/// @param started the digests of register 4 that are no marks of the firmware
/// @param sections the digests that follow the names of sections in register 11
record BootEvents(List<String> started, Map<ImageSection, String> sections) {
  private static final int PROGRAMS = 4;
  private static final int IMAGE = 11;

  /// The registers that the log must give: programs, what the kernel was given, and the image.
  private static final Set<Integer> REQUIRED = Set.of(PROGRAMS, 9, IMAGE);

  /// What firmware measures into register 4 besides programs (TCG PC Client Platform Firmware
  /// Profile, section 3.3.4.5), with the separators of success and failure.
  private static final Set<Octets> MARKS =
      Set.of(
          sha256("Calling EFI Application from Boot Option".getBytes(US_ASCII)),
          sha256("Returning from EFI Application from Boot Option".getBytes(US_ASCII)),
          sha256(new byte[4]),
          sha256(new byte[] {1, 0, 0, 0}));

  private static final Map<Octets, ImageSection> NAMES = names();

  /// Copies the collections.
  BootEvents {
    started = List.copyOf(started);
    sections = Map.copyOf(sections);
  }

  private static Map<Octets, ImageSection> names() {
    var names = new HashMap<Octets, ImageSection>();
    for (var section : ImageSection.values()) {
      names.put(sha256((section + "\0").getBytes(US_ASCII)), section);
    }
    return Map.copyOf(names);
  }

  private static Octets sha256(byte[] bytes) {
    return Octets.of(Measurement.sha256().digest(bytes));
  }

  /// Replays a log.
  ///
  /// @param pcrs the registers that the TPM signed
  /// @throws EvidenceException if it is malformed, or does not give the registers that it must
  static BootEvents of(Octets log, SortedMap<Integer, String> pcrs) throws EvidenceException {
    var registers = new TreeMap<Integer, Octets>();
    pcrs.forEach((number, value) -> registers.put(number, Octets.ofHex(value)));
    if (!registers.keySet().containsAll(REQUIRED)) {
      throw new EvidenceException(
          RejectionId.UNSUPPORTED_EVIDENCE, "the TPM's quote is not over registers 4, 9 and 11");
    }
    var replayed = ReplayedLog.of(TcgLog.tpm(log), registers);
    var others =
        replayed.registers().stream()
            .filter(r -> REQUIRED.contains(r.number()) && r.state() != State.MATCHES)
            .map(r -> "%d %s".formatted(r.number(), r.state()))
            .collect(Collectors.joining(", "));
    if (!others.isEmpty()) {
      throw new EvidenceException(
          RejectionId.EVENT_LOG_MISMATCH,
          "the event log does not give the registers that the TPM signed: " + others);
    }
    var events = replayed.believed().stream().map(EventContent::event).toList();
    return new BootEvents(started(events), sections(events));
  }

  private static List<String> started(List<Event> events) {
    return events.stream()
        .filter(event -> event.register() == PROGRAMS && !MARKS.contains(event.digest()))
        .map(event -> event.digest().hex())
        .toList();
  }

  /// Reads pairs of a name and a content, until something else comes. A section that is measured
  /// twice has no digest: it is not known which one counted.
  private static Map<ImageSection, String> sections(List<Event> events) {
    var sections = new EnumMap<ImageSection, String>(ImageSection.class);
    var twice = new ArrayList<ImageSection>();
    var digests = events.stream().filter(e -> e.register() == IMAGE).map(Event::digest).toList();
    for (var i = 0; i + 1 < digests.size(); i += 2) {
      var section = NAMES.get(digests.get(i));
      if (section == null) {
        break;
      }
      if (sections.put(section, digests.get(i + 1).hex()) != null) {
        twice.add(section);
      }
    }
    twice.forEach(sections::remove);
    return sections;
  }
}
