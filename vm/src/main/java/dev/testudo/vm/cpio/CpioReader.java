package dev.testudo.vm.cpio;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads archives in the format newc, uncompressed. It refuses what others would read differently:
/// paths that leave the root, an entry twice, hard links, and anything but zeros behind the end.
/// Names are UTF-8.
public final class CpioReader {
  private static final String TRAILER = "TRAILER!!!";
  private static final int TYPE = 0170000;
  private static final int PERMISSIONS = 07777;
  private static final int ALIGNMENT = 4;
  private static final int MOST_DEVICE = 0xfffff;

  private final HostileBytes archive;
  private final List<CpioEntry> entries = new ArrayList<>();
  private final Set<String> paths = new HashSet<>();
  private long at;

  private CpioReader(HostileBytes archive) {
    this.archive = archive;
  }

  /// Returns the entries, in their order. The entry `.`, which some programs write for the root, is
  /// left out.
  ///
  /// @throws VmException if the archive is malformed, has something that is not supported, or
  ///     exceeds a limit
  public static List<CpioEntry> read(Octets archive) throws VmException {
    var reader = new CpioReader(HostileBytes.of("the archive", archive, CpioWriter.MOST_BYTES));
    while (!reader.entry()) {
      if (reader.entries.size() > CpioWriter.MOST_ENTRIES) {
        throw VmException.tooLarge(
            "an archive has more than %d entries".formatted(CpioWriter.MOST_ENTRIES));
      }
    }
    return List.copyOf(reader.entries);
  }

  /// Reads an entry and returns whether it was the last one.
  private boolean entry() throws VmException {
    var header = CpioHeader.read(archive, at);
    at += CpioHeader.BYTES;
    var name = name(header);
    if (name.equals(TRAILER)) {
      end(header);
      return true;
    }
    var content = archive.slice(at, header.contentBytes(), "the content of an entry");
    at = aligned(at + header.contentBytes());
    var kind = kind(header, content);
    if (name.equals(".") && kind instanceof CpioKind.Directory) {
      return false;
    }
    var path = name.startsWith("./") ? name.substring(2) : name;
    var problem = CpioEntry.problem(path, kind);
    if (problem.isPresent()) {
      throw archive.malformed(problem.get());
    }
    if (!paths.add(path)) {
      throw archive.malformed("it has an entry twice");
    }
    entries.add(
        new CpioEntry(
            path,
            kind,
            header.mode() & PERMISSIONS,
            header.user(),
            header.group(),
            header.modified()));
    return false;
  }

  private static long aligned(long position) {
    return (position + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private String name(CpioHeader header) throws VmException {
    var length = header.nameBytes();
    if (length < 1 || length > CpioEntry.MOST_PATH + 1) {
      throw archive.malformed("the name of an entry has %d bytes".formatted(length));
    }
    var bytes = archive.slice(at, length, "the name of an entry");
    at = aligned(at + length);
    if (bytes.u8((int) length - 1) != 0) {
      throw archive.malformed("the name of an entry does not end with NUL");
    }
    return text(bytes.slice(0, (int) length - 1));
  }

  private String text(Octets bytes) throws VmException {
    try {
      return UTF_8.newDecoder().decode(bytes.buffer()).toString();
    } catch (CharacterCodingException e) {
      throw archive.unsupported("a name is not UTF-8");
    }
  }

  private void end(CpioHeader header) throws VmException {
    if (header.contentBytes() != 0) {
      throw archive.malformed("its last entry has content");
    }
    if (at < archive.length()
        && !archive.slice(at, archive.length() - at, "the padding").isZero()) {
      throw archive.unsupported("something follows its end, such as another archive");
    }
  }

  private CpioKind kind(CpioHeader header, Octets content) throws VmException {
    var type = header.mode() & TYPE;
    if ((header.mode() & ~(TYPE | PERMISSIONS)) != 0) {
      throw archive.malformed("an entry has a mode of more than 16 bits");
    }
    if (type != new CpioKind.File(content).typeBits()
        && type != new CpioKind.SymbolicLink("").typeBits()
        && content.length() != 0) {
      throw archive.malformed("an entry has content that is neither file nor link");
    }
    return switch (type) {
      case 0100000 -> {
        if (header.links() > 1) {
          throw archive.unsupported("a file has several names (a hard link)");
        }
        yield new CpioKind.File(content);
      }
      case 0040000 -> new CpioKind.Directory();
      case 0120000 -> new CpioKind.SymbolicLink(text(content));
      case 0020000 -> new CpioKind.CharacterDevice(device(header.major()), device(header.minor()));
      default -> throw archive.unsupported("an entry has the type 0%o of inode(7)".formatted(type));
    };
  }

  private int device(long number) throws VmException {
    if (number > MOST_DEVICE) {
      throw archive.malformed("a device has the number %d".formatted(number));
    }
    return (int) number;
  }
}
