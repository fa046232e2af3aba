package dev.testudo.vm.firmware;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// OVMF's table of GUIDs. It is read backwards: it ends 32 bytes before the end of the firmware
/// with the GUID of the footer and the length of the table, and each entry before that ends
/// likewise. A length counts the GUID and itself. See edk2, `OvmfPkg/ResetVector/Ia16/
/// ResetVectorVtf0.asm`, and QEMU, `hw/i386/pc_sysfw_ovmf.c`.
final class GuidTable {
  private static final Guid FOOTER = Guid.parse("96b582de-1fb2-45f7-baea-a366c55a082d");
  private static final int AFTER_TABLE = 32;
  private static final int LENGTH_BYTES = 2;
  private static final int HEAD = Guid.BYTES + LENGTH_BYTES;
  private static final int MOST_ENTRIES = 64;

  private final Map<Guid, Octets> entries;

  private GuidTable(Map<Guid, Octets> entries) {
    this.entries = entries;
  }

  /// Reads the table; a firmware without one has an empty table.
  static GuidTable read(HostileBytes firmware) throws VmException {
    var end = firmware.length() - AFTER_TABLE;
    var entries = new LinkedHashMap<Guid, Octets>();
    if (end < HEAD || !guidBefore(firmware, end).equals(FOOTER)) {
      return new GuidTable(entries);
    }
    var start = end - lengthBefore(firmware, end);
    for (var at = end - HEAD; at > start; ) {
      if (at - start < HEAD) {
        throw firmware.malformed("its table of GUIDs ends within an entry");
      }
      var length = lengthBefore(firmware, at);
      if (length > at - start) {
        throw firmware.malformed("an entry of its table of GUIDs is longer than the table");
      }
      if (entries.size() == MOST_ENTRIES) {
        throw VmException.tooLarge(
            "the firmware has more than %d entries in its table of GUIDs".formatted(MOST_ENTRIES));
      }
      var data = firmware.slice(at - length, length - HEAD, "an entry of its table of GUIDs");
      if (entries.put(guidBefore(firmware, at), data) != null) {
        throw firmware.malformed("its table of GUIDs has an entry twice");
      }
      at -= length;
    }
    return new GuidTable(entries);
  }

  private static Guid guidBefore(HostileBytes firmware, int end) throws VmException {
    return Guid.stored(firmware.slice(end - Guid.BYTES, Guid.BYTES, "a GUID of its table"));
  }

  private static int lengthBefore(HostileBytes firmware, int end) throws VmException {
    var length = firmware.u16(end - HEAD, "a length in its table of GUIDs");
    if (length < HEAD || length > end) {
      throw firmware.malformed("a length of %d in its table of GUIDs".formatted(length));
    }
    return length;
  }

  /// Returns the data of an entry.
  Optional<Octets> find(Guid guid) {
    return Optional.ofNullable(entries.get(guid));
  }

  /// Returns the 32-bit integer with which an entry begins.
  Optional<Long> number(Guid guid) {
    return find(guid).filter(data -> data.length() >= Integer.BYTES).map(data -> data.u32(0));
  }
}
