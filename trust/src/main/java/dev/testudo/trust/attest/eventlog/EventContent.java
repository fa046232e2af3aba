package dev.testudo.trust.attest.eventlog;

import dev.testudo.trust.attest.evidence.Octets;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What an event says, and whether its digest was computed again from that.
///
/// The digest does not cover the type of an event, nor the word before the colon that GRUB puts
/// before what it measures, nor the name of a boot option: a forged log can give a measured text
/// another type. The names of other variables and of run-time events are covered.
///
/// @param confirmed whether the digest is a hash of the text or variable that is shown
/// @param text what it says, for people; may contain any character
public record EventContent(Event event, boolean confirmed, String text) {
  /// Reads what an event says.
  public static EventContent of(Event event) {
    var confirmed =
        event.type() == EventType.RUNTIME.number()
            || hashed(event).stream().anyMatch(bytes -> isHashOf(event, bytes));
    return new EventContent(event, confirmed, EventWording.of(event));
  }

  /// Returns the variable of the firmware that the event is about, if it is about one.
  Optional<UefiVariable> variable() {
    return switch (EventType.of(event.type()).orElse(null)) {
      case VARIABLE, BOOT_VARIABLE, BOOT_VARIABLE2, AUTHORITY -> UefiVariable.read(event.data());
      case null, default -> Optional.empty();
    };
  }

  /// Returns the parts of the event's data that its type may have hashed.
  private static List<Octets> hashed(Event event) {
    var data = event.data();
    var candidates = new ArrayList<>(List.of(data));
    switch (EventType.of(event.type()).orElse(null)) {
      case BOOT_LOADER -> {
        var text = withoutNul(data);
        candidates.add(text);
        candidates.add(text.slice(prefix(text), text.length() - prefix(text)));
      }
      case BOOT_VARIABLE ->
          UefiVariable.read(data).map(UefiVariable::value).ifPresent(candidates::add);
      case null, default -> {}
    }
    return candidates;
  }

  /// Returns the number of bytes that GRUB puts before what it hashes, such as `grub_cmd: `.
  private static int prefix(Octets text) {
    var latin = new String(text.toBytes(), StandardCharsets.ISO_8859_1);
    for (var prefix :
        List.of(EventWording.GRUB_COMMAND, EventWording.KERNEL, EventWording.MODULE)) {
      if (latin.startsWith(prefix)) {
        return prefix.length();
      }
    }
    return 0;
  }

  static Octets withoutNul(Octets data) {
    var last = data.length() - 1;
    return last >= 0 && data.u8(last) == 0 ? data.slice(0, last) : data;
  }

  private static boolean isHashOf(Event event, Octets bytes) {
    return Stream.of(RegisterBank.values())
        .filter(bank -> bank.bytes() == event.digest().length())
        .map(bank -> Octets.of(bank.digest().digest(bytes.toBytes())))
        .anyMatch(event.digest()::equals);
  }
}
