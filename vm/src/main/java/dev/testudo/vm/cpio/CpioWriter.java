package dev.testudo.vm.cpio;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import java.io.ByteArrayOutputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/// Writes archives. The same entries give the same bytes, in whatever order they come: they are
/// sorted by the bytes of their paths, inode numbers count from 1, devices are 0, and what a format
/// leaves open is zero. See Linux, `Documentation/driver-api/early-userspace/buffer-format.rst`.
public final class CpioWriter {
  /// The most bytes of an archive.
  public static final int MOST_BYTES = 512 << 20;

  /// The most entries.
  public static final int MOST_ENTRIES = 500_000;

  private static final String TRAILER = "TRAILER!!!";
  private static final int ALIGNMENT = 4;

  /// Archives end at a multiple of it, as those of other programs do.
  private static final int BLOCK = 512;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private long written;

  private CpioWriter() {}

  /// Writes an archive.
  ///
  /// @throws VmException if two entries have one path, the directory of an entry is not an entry
  ///     itself, or a limit is exceeded
  public static Octets write(Collection<CpioEntry> entries) throws VmException {
    checkTree(entries);
    return writePart(entries);
  }

  /// Writes an archive that is unpacked after others, which have directories of its entries.
  ///
  /// @throws VmException if a limit is exceeded
  public static Octets writePart(Collection<CpioEntry> entries) throws VmException {
    if (entries.size() > MOST_ENTRIES) {
      throw VmException.tooLarge(
          "an archive has %d entries; %d are the most".formatted(entries.size(), MOST_ENTRIES));
    }
    var writer = new CpioWriter();
    var inode = 1;
    for (var entry : entries.stream().sorted(CpioEntry.BY_PATH).toList()) {
      writer.entry(entry, inode++);
    }
    writer.end();
    return Octets.of(writer.out.toByteArray());
  }

  /// Checks that each path occurs once, and that the directory of each entry is an entry: the
  /// kernel makes no other directories, and skips what would be in them.
  public static void checkTree(Collection<CpioEntry> entries) throws VmException {
    Map<String, CpioKind> kinds = new HashMap<>();
    for (var entry : entries) {
      if (kinds.put(entry.path(), entry.kind()) != null) {
        throw VmException.malformed("an archive has the entry %s twice".formatted(entry.path()));
      }
    }
    for (var entry : entries) {
      var parent = entry.parent();
      if (parent.isPresent() && !(kinds.get(parent.get()) instanceof CpioKind.Directory)) {
        throw VmException.malformed(
            "the directory of the entry %s is not an entry before it".formatted(entry.path()));
      }
    }
  }

  private void entry(CpioEntry entry, int inode) throws VmException {
    var content =
        switch (entry.kind()) {
          case CpioKind.File(var bytes) -> bytes;
          case CpioKind.SymbolicLink(var target) -> Octets.of(CpioEntry.bytes(target));
          case CpioKind.Directory _, CpioKind.CharacterDevice _ -> Octets.of(new byte[0]);
        };
    var links = entry.kind() instanceof CpioKind.Directory ? 2 : 1;
    var device =
        entry.kind() instanceof CpioKind.CharacterDevice(var major, var minor)
            ? new int[] {major, minor}
            : new int[2];
    header(
        entry.path(),
        new long[] {
          inode,
          entry.kind().typeBits() | entry.permissions(),
          entry.user(),
          entry.group(),
          links,
          entry.modified(),
          content.length(),
          0,
          0,
          device[0],
          device[1]
        });
    write(content.toBytes());
    pad(ALIGNMENT);
  }

  private void end() throws VmException {
    header(TRAILER, new long[] {0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0});
    pad(BLOCK);
  }

  /// Writes magic, the fields, the length of the name, a checksum that is unused, and the name.
  private void header(String path, long[] fields) throws VmException {
    var name = CpioEntry.bytes(path);
    var header = new StringBuilder(CpioHeader.BYTES).append(CpioHeader.MAGIC);
    for (var field : fields) {
      header.append(HexFormat.of().toHexDigits(field, 8));
    }
    header.append(HexFormat.of().toHexDigits(name.length + 1L, 8)).append("00000000");
    write(header.toString().getBytes(US_ASCII));
    write(name);
    write(new byte[1]);
    pad(ALIGNMENT);
  }

  private void pad(int alignment) throws VmException {
    write(new byte[(int) (-written & (alignment - 1))]);
  }

  private void write(byte[] bytes) throws VmException {
    written += bytes.length;
    if (written > MOST_BYTES) {
      throw VmException.tooLarge("an archive has more than %d bytes".formatted(MOST_BYTES));
    }
    out.writeBytes(bytes);
  }
}
