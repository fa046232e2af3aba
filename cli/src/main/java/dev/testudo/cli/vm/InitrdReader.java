package dev.testudo.cli.vm;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;
import dev.testudo.vm.cpio.CpioEntry;
import dev.testudo.vm.cpio.CpioReader;
import dev.testudo.vm.cpio.CpioWriter;
import dev.testudo.vm.pe.PeFile;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Reads an initrd as [Initrd] writes it: archives one after the other, each compressed with gzip
/// (RFC 1952), with zeros between them. The initrd may be anybody's.
final class InitrdReader {
  private static final int HEADER_BYTES = 10;
  private static final int TRAILER_BYTES = 8;
  private static final int MAGIC = 0x8b1f;
  private static final int DEFLATE = 8;
  private static final int BUFFER = 1 << 16;

  private final HostileBytes bytes;
  private final List<CpioEntry> entries = new ArrayList<>();
  private int rest = CpioWriter.MOST_BYTES;

  private InitrdReader(HostileBytes bytes) {
    this.bytes = bytes;
  }

  /// Returns the entries of all archives, in their order.
  ///
  /// @throws VmException if the initrd has another form, or unpacks to more than 512 MiB
  static List<CpioEntry> read(Octets initrd) throws VmException {
    var reader = new InitrdReader(HostileBytes.of("the initrd", initrd, PeFile.MOST_BYTES));
    for (var at = 0; at < initrd.length(); ) {
      at = initrd.u8(at) == 0 ? at + 1 : reader.archive(at);
    }
    return List.copyOf(reader.entries);
  }

  /// Reads an archive and returns where it ends.
  private int archive(int at) throws VmException {
    if (bytes.u16(at, "the beginning of an archive") != MAGIC
        || bytes.u16(at + 2, "the method of an archive") != DEFLATE) {
      throw bytes.unsupported("an archive in it is not compressed as Testudo does it");
    }
    var inflater = new Inflater(true);
    try {
      var content =
          bytes.slice(at + HEADER_BYTES, bytes.length() - at - HEADER_BYTES, "an archive");
      inflater.setInput(content.toBytes());
      var plain = plain(inflater);
      var end = at + HEADER_BYTES + (int) inflater.getBytesRead();
      var sum = new CRC32();
      sum.update(plain);
      if (bytes.u32(end, "the checksum of an archive") != sum.getValue()
          || bytes.u32(end + 4L, "the length of an archive") != plain.length) {
        throw bytes.malformed("the checksum of an archive is wrong");
      }
      entries.addAll(CpioReader.read(Octets.of(plain)));
      return end + TRAILER_BYTES;
    } finally {
      inflater.end();
    }
  }

  private byte[] plain(Inflater inflater) throws VmException {
    var out = new ByteArrayOutputStream();
    var buffer = new byte[BUFFER];
    while (!inflater.finished()) {
      int count;
      try {
        count = inflater.inflate(buffer);
      } catch (DataFormatException e) {
        throw bytes.malformed("an archive cannot be decompressed");
      }
      if (count == 0 && !inflater.finished()) {
        throw bytes.malformed("an archive ends too early");
      }
      rest -= count;
      if (rest < 0) {
        throw VmException.tooLarge(
            "the initrd unpacks to more than %d bytes".formatted(CpioWriter.MOST_BYTES));
      }
      out.write(buffer, 0, count);
    }
    return out.toByteArray();
  }
}
