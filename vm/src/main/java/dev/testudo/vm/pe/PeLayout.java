package dev.testudo.vm.pe;

import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;
import java.util.OptionalInt;

/// Where the headers of a PE file are: positions in the file. See the PE format specification,
/// "COFF File Header" and "Optional Header".
///
/// @param coff the COFF header
/// @param optional the optional header, which every program has
/// @param sectionTable the section table, behind it
/// @param sectionCount the number of its entries
/// @param headerBytes the length of all headers with their padding
/// @param directories the number of data directories, or less than are defined
public record PeLayout(
    int coff, int optional, int sectionTable, int sectionCount, long headerBytes, int directories) {
  private static final int MAGIC_32 = 0x10b;
  private static final int MAGIC_64 = 0x20b;
  private static final long SIGNATURE = 0x00004550;
  private static final int DOS_MAGIC = 0x5a4d;
  private static final int DOS_NEW_HEADER = 0x3c;
  private static final int COFF_BYTES = 20;
  private static final int DIRECTORIES_32 = 96;
  private static final int DIRECTORIES_64 = 112;
  private static final int DIRECTORY = 8;
  private static final int MOST_DIRECTORIES = 16;
  private static final int CERTIFICATES = 4;

  static PeLayout read(HostileBytes file) throws VmException {
    if (file.u16(0, "its header of DOS") != DOS_MAGIC) {
      throw file.malformed("it is no PE file: it does not begin with MZ");
    }
    var start = file.u32(DOS_NEW_HEADER, "its header of DOS");
    if (file.u32(start, "its PE signature") != SIGNATURE) {
      throw file.malformed("it is no PE file: it has no PE signature");
    }
    var coff = (int) start + 4;
    var optional = coff + COFF_BYTES;
    var sectionCount = file.u16(coff + 2, "its COFF header");
    var optionalBytes = file.u16(coff + 16, "its COFF header");
    var table = optional + optionalBytes;
    if (sectionCount > PeFile.MOST_SECTIONS) {
      throw VmException.tooLarge(
          "a PE file has %d sections; %d are the most"
              .formatted(sectionCount, PeFile.MOST_SECTIONS));
    }
    var headerBytes = file.u32(optional + 60, "its optional header");
    file.slice(0, headerBytes, "its headers");
    var directories = directories(file, optional, optionalBytes);
    if (table + sectionCount * (long) PeSection.HEADER_BYTES > headerBytes) {
      throw file.malformed("its section table is longer than its headers");
    }
    return new PeLayout(coff, optional, table, sectionCount, headerBytes, directories);
  }

  private static int directories(HostileBytes file, int optional, int optionalBytes)
      throws VmException {
    var start = optional + directoryOffset(file, optional);
    var count = file.u32(start - 4, "its optional header");
    if (count > MOST_DIRECTORIES || start + count * DIRECTORY > optional + optionalBytes) {
      throw file.malformed("it has %d data directories".formatted(count));
    }
    return (int) count;
  }

  private static int directoryOffset(HostileBytes file, int optional) throws VmException {
    var magic = file.u16(optional, "its optional header");
    return switch (magic) {
      case MAGIC_32 -> DIRECTORIES_32;
      case MAGIC_64 -> DIRECTORIES_64;
      default ->
          throw file.malformed("its optional header has the unknown magic 0x%x".formatted(magic));
    };
  }

  /// Returns the position of the checksum, 4 bytes.
  public int checksum() {
    return optional + 64;
  }

  /// Returns the position of the entry for the table of certificates, 8 bytes: the place of the
  /// table in the file, and its length. Empty if there is no such entry.
  public OptionalInt certificates() {
    return directories > CERTIFICATES
        ? OptionalInt.of(sectionTable - (directories - CERTIFICATES) * DIRECTORY)
        : OptionalInt.empty();
  }
}
