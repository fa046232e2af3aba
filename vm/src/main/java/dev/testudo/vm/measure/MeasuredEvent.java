package dev.testudo.vm.measure;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16LE;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.MeasurementHash;

/// Something that firmware, boot loader or kernel measures into a register.
///
/// @param what what it is, for people, such as `command line`
/// @param digest what the register is extended with
public record MeasuredEvent(String what, Octets digest) {
  private static final int SEPARATOR_BYTES = 4;

  /// Returns the event of some content.
  public static MeasuredEvent of(String what, Octets content, MeasurementHash hash) {
    return new MeasuredEvent(what, hash.of(content));
  }

  /// Returns the event of an action of the firmware: its text without NUL (TCG PC Client Platform
  /// Firmware Profile, EV_EFI_ACTION).
  public static MeasuredEvent action(String text, MeasurementHash hash) {
    return of(text, Octets.of(text.getBytes(US_ASCII)), hash);
  }

  /// Returns the event with which the firmware hands over: 32 bits of zeros (EV_SEPARATOR).
  public static MeasuredEvent separator(MeasurementHash hash) {
    return of("separator", Octets.of(new byte[SEPARATOR_BYTES]), hash);
  }

  /// Returns the event of the options that a program was started with, for a kernel its command
  /// line: UTF-16, little endian, with a NUL (Linux, `drivers/firmware/efi/libstub`).
  public static MeasuredEvent loadOptions(String commandLine, MeasurementHash hash) {
    var options = Octets.of((commandLine + '\0').getBytes(UTF_16LE));
    return of("command line", options, hash);
  }
}
