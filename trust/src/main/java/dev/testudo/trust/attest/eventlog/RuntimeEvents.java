package dev.testudo.trust.attest.eventlog;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.attest.eventlog.EventLog.Form;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.MessageException;
import java.util.ArrayList;
import java.util.Locale;

/// Parses the event log of programs: a JSON array of `imr`, `event_type`, `digest`, `event` and
/// `event_payload`. dstack writes the same form. The digest of a run-time event is SHA-384(type ‖
/// `:` ‖ name ‖ `:` ‖ payload), with the type as 32 bits, little endian. It is always computed
/// again, so it may be absent. See `docs/formats/event-log.md`.
public final class RuntimeEvents {
  /// The most bytes of a payload.
  private static final int MOST_PAYLOAD = 64 << 10;

  /// The most characters of a name.
  private static final int MOST_NAME = 256;

  private static final long MOST_U32 = 0xffff_ffffL;

  private RuntimeEvents() {}

  /// Parses a log.
  ///
  /// @throws EvidenceException if it does not follow its format, or the digest of a run-time event
  ///     is not that of its name and payload
  public static EventLog parse(JsonValue json) throws EvidenceException {
    if (!(json instanceof JsonArray(var elements))) {
      throw malformed("the run-time event log is not an array");
    }
    if (elements.size() > EventLog.MOST_EVENTS) {
      throw malformed("the event log has more than %d events".formatted(EventLog.MOST_EVENTS));
    }
    var events = new ArrayList<Event>();
    for (var element : elements) {
      events.add(event(element, "event %d".formatted(events.size() + 1)));
    }
    return new EventLog(Form.RUNTIME, events);
  }

  /// Returns the digest of a run-time event.
  public static Octets digest(long type, String name, Octets payload) {
    var sha384 = RegisterBank.RTMR.digest();
    for (var shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      sha384.update((byte) (type >>> shift));
    }
    sha384.update((":" + name + ":").getBytes(UTF_8));
    return Octets.of(sha384.digest(payload.toBytes()));
  }

  private static Event event(JsonValue json, String where) throws EvidenceException {
    try {
      var fields = JsonMembers.of(json, where);
      var register = (int) fields.number("imr", 0, RegisterBank.RTMR.count() - 1);
      var type = fields.number("event_type", 0, MOST_U32);
      var name = fields.optionalText("event").orElse("");
      var digest = fields.optionalText("digest").orElse("");
      var payload = hex(fields.text("event_payload"), where, 2 * MOST_PAYLOAD);
      fields.done();
      if (name.length() > MOST_NAME) {
        throw malformed("%s has a name of more than %d characters".formatted(where, MOST_NAME));
      }
      return new Event(register, type, digest(where, digest, type, name, payload), name, payload);
    } catch (MessageException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  private static Octets digest(String where, String given, long type, String name, Octets payload)
      throws EvidenceException {
    if (type != EventType.RUNTIME.number()) {
      var digest = hex(given, where, 2 * RegisterBank.RTMR.bytes());
      if (digest.length() != RegisterBank.RTMR.bytes()) {
        throw malformed("%s has no digest of SHA-384".formatted(where));
      }
      return digest;
    }
    var computed = digest(type, name, payload);
    if (!given.isEmpty() && !given.toLowerCase(Locale.ROOT).equals(computed.hex())) {
      throw malformed("the digest of %s is not that of its name and payload".formatted(where));
    }
    return computed;
  }

  private static Octets hex(String text, String where, int most) throws EvidenceException {
    try {
      if (text.length() <= most && US_ASCII.newEncoder().canEncode(text)) {
        return Octets.ofHex(text);
      }
    } catch (IllegalArgumentException e) {
      throw malformed("%s has a value that is not hexadecimal".formatted(where));
    }
    throw malformed("%s has a value that is too long".formatted(where));
  }

  private static EvidenceException malformed(String reason) {
    return new EvidenceException(RejectionId.MALFORMED_EVIDENCE, reason);
  }
}
