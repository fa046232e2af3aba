package dev.testudo.vm.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.attest.evidence.Octets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Writes ELF files that have a section `.modinfo` and nothing else of a kernel module.
final class ModuleFile {
  private static final int HEADER = 64;
  private static final int SECTION = 64;

  private ModuleFile() {}

  /// Returns a module that says these things of itself, such as `name=fuse`.
  static Octets saying(String... values) {
    var info = (String.join("\0", values) + '\0').getBytes(US_ASCII);
    var names = "\0.shstrtab\0.modinfo\0".getBytes(US_ASCII);
    var table = HEADER + info.length + names.length;
    var file = ByteBuffer.allocate(table + 3 * SECTION).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    file.putLong(40, table).putShort(58, (short) SECTION);
    file.putShort(60, (short) 3).putShort(62, (short) 1);
    file.put(HEADER, info).put(HEADER + info.length, names);
    section(file, table + SECTION, 1, HEADER + info.length, names.length);
    section(file, table + 2 * SECTION, 11, HEADER, info.length);
    return Octets.of(file.array());
  }

  private static void section(ByteBuffer file, int at, int name, int offset, int size) {
    file.putInt(at, name).putLong(at + 24, offset).putLong(at + 32, size);
  }
}
