package dev.testudo.trust.attest.eventlog;

import dev.testudo.trust.attest.eventlog.EventLog.Form;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Parses the event log of the firmware, which Linux shows as `/sys/firmware/acpi/tables/data/CCEL`
/// for TDX, and as `/sys/kernel/security/tpm0/binary_bios_measurements` for a TPM: a first event in
/// the old format that lists the algorithms (`TCG_EfiSpecIDEvent`), and then events with one digest
/// per algorithm (`TCG_PCR_EVENT2`, TCG PC Client Platform Firmware Profile, section 10). Bytes
/// 0xff or zeros may follow.
public final class TcgLog {
  /// The most bytes of a log, with what follows it.
  public static final int MOST_BYTES = 1 << 20;

  /// What the data of the first event begins with; a NUL follows.
  private static final String SIGNATURE = "Spec ID Event03";

  private static final int FIRST_HEADER = 32;
  private static final int SPEC_ALGORITHMS = 24;
  private static final int MOST_ALGORITHMS = 8;
  private static final int SHA256 = 0x0b;
  private static final long NO_ACTION = 3;

  /// The sizes of digests by the number of the algorithm (TCG Algorithm Registry).
  private static final Map<Integer, Integer> SIZES =
      Map.of(0x04, 20, SHA256, 32, 0x0c, 48, 0x0d, 64, 0x12, 32);

  private final Octets bytes;
  private final Form form;
  private int at;

  private TcgLog(Octets bytes, Form form) {
    this.bytes = bytes;
    this.form = form;
  }

  /// Returns whether `bytes` begin as such a log does.
  public static boolean isOne(Octets bytes) {
    var signature = SIGNATURE.getBytes(StandardCharsets.US_ASCII);
    return bytes.length() >= FIRST_HEADER + signature.length
        && bytes.slice(FIRST_HEADER, signature.length).equals(Octets.of(signature));
  }

  /// Parses the log of a TDX domain.
  ///
  /// @throws EvidenceException if it does not follow its format, or has no digests of SHA-384
  public static EventLog ccel(Octets bytes) throws EvidenceException {
    return parse(bytes, Form.CCEL);
  }

  /// Parses the log of a TPM.
  ///
  /// @throws EvidenceException if it does not follow its format, or has no digests of SHA-256
  public static EventLog tpm(Octets bytes) throws EvidenceException {
    return parse(bytes, Form.TPM);
  }

  /// Parses a log that does not say whose it is: with digests of SHA-256 it is one of a TPM, and
  /// otherwise one of a TDX domain.
  ///
  /// @throws EvidenceException if it does not follow its format
  public static EventLog any(Octets bytes) throws EvidenceException {
    var algorithms = new TcgLog(bytes, Form.CCEL).algorithms();
    return parse(bytes, algorithms.contains(SHA256) ? Form.TPM : Form.CCEL);
  }

  private static EventLog parse(Octets bytes, Form form) throws EvidenceException {
    if (bytes.length() > MOST_BYTES) {
      throw malformed("an event log has at most %d bytes".formatted(MOST_BYTES));
    }
    return new TcgLog(bytes, form).log();
  }

  private EventLog log() throws EvidenceException {
    var algorithms = algorithms();
    if (!algorithms.contains(form.bank().algorithm())) {
      throw new EvidenceException(
          RejectionId.UNSUPPORTED_EVIDENCE,
          "the event log has no digests of %s, with which %ss are extended"
              .formatted(form.bank().hash(), form.bank()));
    }
    var events = new ArrayList<Event>();
    var count = 0;
    while (!atEnd()) {
      if (++count > EventLog.MOST_EVENTS) {
        throw malformed("the event log has more than %d events".formatted(EventLog.MOST_EVENTS));
      }
      event(algorithms, count).ifPresent(events::add);
    }
    return new EventLog(form, events);
  }

  /// Reads the first event and returns the algorithms that it lists.
  private Set<Integer> algorithms() throws EvidenceException {
    if (!isOne(bytes)) {
      throw malformed("the event log does not begin with `%s`".formatted(SIGNATURE));
    }
    at = FIRST_HEADER - 4;
    var data = take(u32("the size of the first event"), "the first event");
    if (data.length() < SPEC_ALGORITHMS + 4) {
      throw malformed("the first event of the event log is too short");
    }
    var count = data.u32(SPEC_ALGORITHMS);
    if (count < 1 || count > MOST_ALGORITHMS || data.length() < SPEC_ALGORITHMS + 4 + 4 * count) {
      throw malformed("the event log lists %d algorithms".formatted(count));
    }
    var algorithms = new HashSet<Integer>();
    for (var i = 0; i < count; i++) {
      var algorithm = data.u16(SPEC_ALGORITHMS + 4 + 4 * i);
      var size = data.u16(SPEC_ALGORITHMS + 6 + 4 * i);
      if (!Integer.valueOf(size).equals(SIZES.get(algorithm)) || !algorithms.add(algorithm)) {
        throw new EvidenceException(
            RejectionId.UNSUPPORTED_EVIDENCE,
            "the event log lists algorithm 0x%04x with digests of %d bytes"
                .formatted(algorithm, size));
      }
    }
    return algorithms;
  }

  /// Returns whether only bytes follow that fill the area up.
  private boolean atEnd() throws EvidenceException {
    if (at == bytes.length()) {
      return true;
    }
    var filler = bytes.u8(at);
    for (var i = at; i < Math.min(at + 8, bytes.length()); i++) {
      if (bytes.u8(i) != filler || (filler != 0 && filler != 0xff)) {
        return false;
      }
    }
    for (var i = at; i < bytes.length(); i++) {
      if (bytes.u8(i) != filler) {
        throw malformed("something follows the end of the event log, at byte %d".formatted(i));
      }
    }
    return true;
  }

  /// Reads an event; returns empty if it extended no register.
  private Optional<Event> event(Set<Integer> algorithms, int position) throws EvidenceException {
    var where = "event %d".formatted(position);
    var register = u32(where);
    var type = u32(where);
    var digest = digest(algorithms, where);
    var data = take(u32(where), where);
    if (type == NO_ACTION) {
      return Optional.empty();
    }
    var bank = form.bank();
    var number = register - bank.first();
    if (number < 0 || number >= bank.count()) {
      throw malformed(
          "%s extends register %d; %s are %d to %d"
              .formatted(
                  where,
                  register,
                  bank == RegisterBank.RTMR ? "RTMR0 to RTMR3" : "those of a TPM",
                  bank.first(),
                  bank.first() + bank.count() - 1));
    }
    return Optional.of(new Event((int) number, type, digest, "", data));
  }

  /// Reads the digests of an event and returns that of the registers.
  private Octets digest(Set<Integer> algorithms, String where) throws EvidenceException {
    var count = u32(where);
    if (count != algorithms.size()) {
      throw malformed(
          "%s has %d digests, and the log lists %d algorithms"
              .formatted(where, count, algorithms.size()));
    }
    var left = new HashSet<>(algorithms);
    var found = List.<Octets>of();
    for (var i = 0; i < count; i++) {
      var algorithm = take(2, where).u16(0);
      var size = SIZES.get(algorithm);
      if (size == null || !left.remove(algorithm)) {
        throw malformed(
            "%s has a digest of algorithm 0x%04x, once too often or not listed"
                .formatted(where, algorithm));
      }
      var digest = take(size, where);
      found = algorithm == form.bank().algorithm() ? List.of(digest) : found;
    }
    return found.getFirst();
  }

  private long u32(String where) throws EvidenceException {
    return take(4, where).u32(0);
  }

  private Octets take(long count, String where) throws EvidenceException {
    if (count > bytes.length() - at) {
      throw malformed(
          "%s goes beyond the end of the event log: %d bytes at byte %d of %d"
              .formatted(where, count, at, bytes.length()));
    }
    var slice = bytes.slice(at, (int) count);
    at += (int) count;
    return slice;
  }

  private static EvidenceException malformed(String reason) {
    return new EvidenceException(RejectionId.MALFORMED_EVIDENCE, reason);
  }
}
