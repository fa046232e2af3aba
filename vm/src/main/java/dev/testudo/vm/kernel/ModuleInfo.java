package dev.testudo.vm.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a kernel module says of itself in its section `.modinfo` (modinfo(8), elf(5)).
///
/// @param name the name of the module, with `_` for `-`
/// @param release the kernel for which it is, as `uname -r` prints it
/// @param depends the names of the modules that must be loaded before
public record ModuleInfo(String name, String release, List<String> depends) {
  /// The most bytes of a module.
  public static final int MOST_BYTES = 64 << 20;

  private static final int MOST_NAME = 63;
  private static final String SECTION = ".modinfo";

  // The ELF header of a 64-bit little-endian object.
  private static final int MAGIC = 0x464c457f;
  private static final int CLASS_AND_ORDER = 0x0102;
  private static final int SECTIONS_AT = 40;
  private static final int SECTION_BYTES_AT = 58;
  private static final int SECTION_COUNT_AT = 60;
  private static final int NAMES_AT = 62;

  // A section header.
  private static final int HEADER_BYTES = 64;
  private static final int OFFSET_AT = 24;
  private static final int SIZE_AT = 32;

  /// Copies the list.
  public ModuleInfo {
    depends = List.copyOf(depends);
  }

  /// Returns the name by which the kernel knows a module, whose file may be called otherwise.
  public static String nameOf(String name) {
    return name.replace('-', '_');
  }

  /// Reads a module.
  ///
  /// @param file the uncompressed module
  /// @throws VmException if it is no module of a 64-bit kernel
  public static ModuleInfo read(Octets file) throws VmException {
    var bytes = HostileBytes.of("the kernel module", file, MOST_BYTES);
    if (bytes.u32(0, "its magic number") != MAGIC || bytes.u16(4, "its class") != CLASS_AND_ORDER) {
      throw bytes.malformed("it is no ELF file with 64 bits, little endian");
    }
    var values = values(bytes, section(bytes));
    var name = values.getOrDefault("name", "");
    var release = values.getOrDefault("vermagic", "").split(" ", 2)[0];
    if (!isName(name) || release.isEmpty()) {
      throw bytes.malformed("it has no name, or does not say for which kernel it is");
    }
    var depends = new ArrayList<String>();
    for (var one : values.getOrDefault("depends", "").split(",", -1)) {
      if (isName(one)) {
        depends.add(nameOf(one));
      } else if (!one.isEmpty()) {
        throw bytes.malformed("it depends on something that is no name of a module");
      }
    }
    return new ModuleInfo(nameOf(name), release, depends);
  }

  private static boolean isName(String name) {
    return name.length() <= MOST_NAME && name.matches("[A-Za-z0-9_-]+");
  }

  private static Octets section(HostileBytes bytes) throws VmException {
    var table = bytes.u64(SECTIONS_AT, "the place of its sections");
    var count = bytes.u16(SECTION_COUNT_AT, "the number of its sections");
    var names = bytes.u16(NAMES_AT, "the number of its section of names");
    if (bytes.u16(SECTION_BYTES_AT, "the size of its section headers") != HEADER_BYTES
        || names >= count) {
      throw bytes.malformed("its table of sections is not that of an ELF file");
    }
    bytes.slice(table, (long) count * HEADER_BYTES, "its table of sections");
    var texts = content(bytes, table + (long) names * HEADER_BYTES);
    for (var i = 0; i < count; i++) {
      var header = table + (long) i * HEADER_BYTES;
      if (isAt(texts, bytes.u32(header, "a section header"))) {
        return content(bytes, header);
      }
    }
    throw bytes.malformed("it has no section " + SECTION);
  }

  private static boolean isAt(Octets names, long at) {
    var wanted = (SECTION + '\0').getBytes(US_ASCII);
    return at <= names.length() - wanted.length
        && names.slice((int) at, wanted.length).equals(Octets.of(wanted));
  }

  private static Octets content(HostileBytes bytes, long header) throws VmException {
    return bytes.slice(
        bytes.u64(header + OFFSET_AT, "the place of a section"),
        bytes.u64(header + SIZE_AT, "the size of a section"),
        "a section");
  }

  /// Returns the values by their names. Names that occur several times, such as `alias`, have the
  /// last value; those that are read here occur once.
  private static Map<String, String> values(HostileBytes bytes, Octets section) throws VmException {
    var values = new HashMap<String, String>();
    for (var line : new String(section.toBytes(), US_ASCII).split("\0")) {
      pair(line).ifPresent(pair -> values.put(pair.getKey(), pair.getValue()));
    }
    if (values.isEmpty()) {
      throw bytes.malformed("its section %s is empty".formatted(SECTION));
    }
    return values;
  }

  private static Optional<Map.Entry<String, String>> pair(String line) {
    var equals = line.indexOf('=');
    return equals < 0
        ? Optional.empty()
        : Optional.of(Map.entry(line.substring(0, equals), line.substring(equals + 1)));
  }
}
