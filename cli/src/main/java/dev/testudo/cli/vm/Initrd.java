package dev.testudo.cli.vm;

import dev.testudo.image.compression.GzipOutput;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.cpio.CpioEntry;
import dev.testudo.vm.cpio.CpioKind;
import dev.testudo.vm.cpio.CpioWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Writes an initrd as several archives one after the other, each compressed by itself, which
/// kernels unpack in turn (Linux, `Documentation/driver-api/early-userspace/buffer-format.rst`).
/// How files are divided depends on their sizes alone, so the bytes do not depend on how many
/// processors compress them.
final class Initrd {
  /// How many bytes of files go into one archive, unless one file has more.
  private static final long PART_BYTES = 16 << 20;

  private static final int ALIGNMENT = 4;

  private Initrd() {}

  /// Writes the files.
  ///
  /// @throws VmException if two entries have one path, or the directory of one is missing
  static Octets write(Collection<CpioEntry> entries) throws IOException {
    CpioWriter.checkTree(entries);
    var all = entries.stream().sorted(CpioEntry.BY_PATH).toList();
    List<byte[]> parts;
    try {
      parts = parts(all).parallelStream().map(Initrd::compressed).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    var out = new ByteArrayOutputStream();
    for (var part : parts) {
      out.write(part);
      out.write(new byte[-out.size() & (ALIGNMENT - 1)]);
    }
    return Octets.of(out.toByteArray());
  }

  /// Divides the entries. Directories are in the first part only.
  private static List<List<CpioEntry>> parts(List<CpioEntry> entries) {
    var parts = new ArrayList<List<CpioEntry>>();
    var part = new ArrayList<CpioEntry>();
    for (var entry : entries) {
      if (entry.kind() instanceof CpioKind.Directory) {
        part.add(entry);
      }
    }
    var bytes = 0L;
    for (var entry : entries) {
      if (entry.kind() instanceof CpioKind.Directory) {
        continue;
      }
      if (bytes > PART_BYTES) {
        parts.add(part);
        part = new ArrayList<>();
        bytes = 0;
      }
      part.add(entry);
      bytes += entry.kind() instanceof CpioKind.File(var content) ? content.length() : 0;
    }
    parts.add(part);
    return parts;
  }

  private static byte[] compressed(List<CpioEntry> part) {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GzipOutput(out)) {
      gzip.write(CpioWriter.writePart(part).toBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
