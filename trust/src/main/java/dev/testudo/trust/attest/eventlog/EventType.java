package dev.testudo.trust.attest.eventlog;

import java.util.Arrays;
import java.util.Optional;

/// The types of events that are known: those of TCG's PC Client Platform Firmware Profile (table
/// 27), and that of run-time events.
public enum EventType {
  SEPARATOR(0x4, "EV_SEPARATOR", "the firmware has ended, or failed"),
  ACTION(0x5, "EV_ACTION", "something that was done"),
  TAG(0x6, "EV_EVENT_TAG", "something that the operating system's loader measured"),
  S_CRTM_VERSION(0x8, "EV_S_CRTM_VERSION", "the version of the first code"),
  PLATFORM_CONFIG(0xa, "EV_PLATFORM_CONFIG_FLAGS", "configuration that the host gave"),
  BOOT_LOADER(0xd, "EV_IPL", "something that the boot loader read or did"),
  VARIABLE(0x8000_0001L, "EV_EFI_VARIABLE_DRIVER_CONFIG", "a variable of the firmware"),
  BOOT_VARIABLE(0x8000_0002L, "EV_EFI_VARIABLE_BOOT", "a boot option of the firmware"),
  APPLICATION(0x8000_0003L, "EV_EFI_BOOT_SERVICES_APPLICATION", "a program that was started"),
  BOOT_DRIVER(0x8000_0004L, "EV_EFI_BOOT_SERVICES_DRIVER", "a driver that was loaded"),
  PARTITION_TABLE(0x8000_0006L, "EV_EFI_GPT_EVENT", "the partition table"),
  EFI_ACTION(0x8000_0007L, "EV_EFI_ACTION", "something that the firmware did"),
  FIRMWARE_BLOB(0x8000_000aL, "EV_EFI_PLATFORM_FIRMWARE_BLOB2", "a part of the firmware"),
  HANDOFF_TABLE(0x8000_000bL, "EV_EFI_HANDOFF_TABLES2", "a table that the host gave"),
  BOOT_VARIABLE2(0x8000_000cL, "EV_EFI_VARIABLE_BOOT2", "a boot option of the firmware"),
  AUTHORITY(0x8000_00e0L, "EV_EFI_VARIABLE_AUTHORITY", "what a program was verified with"),
  RUNTIME(0x0800_0001L, "run-time event", "something that a program measured");

  private final long number;
  private final String text;
  private final String meaning;

  EventType(long number, String text, String meaning) {
    this.number = number;
    this.text = text;
    this.meaning = meaning;
  }

  /// Returns the number in logs.
  public long number() {
    return number;
  }

  /// Returns what such an event means, in a few words.
  public String meaning() {
    return meaning;
  }

  @Override
  public String toString() {
    return text;
  }

  /// Returns the type with a number, if it is known.
  public static Optional<EventType> of(long number) {
    return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
  }

  /// Returns the name of a type, or its number.
  public static String name(long number) {
    return of(number).map(EventType::toString).orElse("type 0x%08x".formatted(number));
  }
}
