package dev.testudo.trust.attest.eventlog;

import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Puts what an event says into words. It never fails: what it does not know it shows in
/// hexadecimal.
final class EventWording {
  /// What GRUB puts before the kernel command line.
  static final String KERNEL = "kernel_cmdline: ";

  /// What GRUB puts before a command that it runs.
  static final String GRUB_COMMAND = "grub_cmd: ";

  /// What GRUB puts before the arguments of a module.
  static final String MODULE = "module_cmdline: ";

  private static final int MOST_HEX_BYTES = 64;
  private static final int TAG_HEADER = 8;
  private static final int DEVICE_PATH = 32;
  private static final int MEDIA = 4;
  private static final int FILE = 4;

  private EventWording() {}

  static String of(Event event) {
    var data = event.data();
    return switch (EventType.of(event.type()).orElse(null)) {
      case RUNTIME -> "%s: %s".formatted(event.name(), textOrHex(data));
      case VARIABLE, BOOT_VARIABLE, BOOT_VARIABLE2, AUTHORITY ->
          UefiVariable.read(data).map(EventWording::of).orElseGet(() -> hex(data));
      case APPLICATION, BOOT_DRIVER -> image(data);
      case SEPARATOR ->
          data.isZero() ? "the firmware hands over" : "the firmware failed: " + hex(data);
      case TAG -> data.length() > TAG_HEADER ? textOrHex(tail(data, TAG_HEADER)) : hex(data);
      case FIRMWARE_BLOB, HANDOFF_TABLE -> described(data);
      case PARTITION_TABLE -> "%d bytes".formatted(data.length());
      case null, default -> textOrHex(data);
    };
  }

  private static String of(UefiVariable variable) {
    var value = variable.value();
    if (value.length() <= 1) {
      return "%s = %s".formatted(variable.name(), value.length() == 0 ? "(empty)" : value.hex());
    }
    return "%s, %d bytes, SHA-256 %s".formatted(variable.name(), value.length(), sha256(value));
  }

  /// Returns the path of the file that was loaded, if the device path names one
  /// (`UEFI_IMAGE_LOAD_EVENT`).
  private static String image(Octets data) {
    var at = DEVICE_PATH;
    while (at + 4 <= data.length()) {
      var length = data.u16(at + 2);
      if (length < 4 || length > data.length() - at) {
        break;
      }
      if (data.u8(at) == MEDIA && data.u8(at + 1) == FILE) {
        var name = data.slice(at + 4, length - 4).toBytes();
        return new String(name, StandardCharsets.UTF_16LE).replace("\0", "");
      }
      at += length;
    }
    return "no file, %d bytes".formatted(data.length());
  }

  /// Returns the description that precedes an address and a length.
  private static String described(Octets data) {
    if (data.length() == 0 || data.u8(0) > data.length() - 1) {
      return hex(data);
    }
    return textOrHex(EventContent.withoutNul(data.slice(1, data.u8(0))));
  }

  private static String textOrHex(Octets data) {
    var bytes = EventContent.withoutNul(data).toBytes();
    if (isPlain(bytes)) {
      return new String(bytes, StandardCharsets.US_ASCII);
    }
    var wide = new String(data.toBytes(), StandardCharsets.UTF_16LE).replaceAll("\0$", "");
    return data.length() % 2 == 0 && isPlain(wide.getBytes(StandardCharsets.UTF_8))
        ? wide
        : hex(data);
  }

  private static boolean isPlain(byte[] bytes) {
    for (var b : bytes) {
      if ((b < ' ' || b > '~') && b != '\n' && b != '\t') {
        return false;
      }
    }
    return true;
  }

  private static String hex(Octets data) {
    return data.length() <= MOST_HEX_BYTES
        ? data.hex()
        : "%d bytes, SHA-256 %s".formatted(data.length(), sha256(data));
  }

  private static String sha256(Octets data) {
    return HexFormat.of().formatHex(Measurement.sha256().digest(data.toBytes()));
  }

  private static Octets tail(Octets data, int from) {
    return data.slice(from, data.length() - from);
  }
}
