package dev.testudo.vm.initdata;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;
import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// A single member of gzip (RFC 1952). Of several members, some readers take the first one and
/// others all, so bytes behind the first are refused.
final class GzipMember {
  private static final int HEADER = 10;
  private static final int TRAILER = 8;
  private static final int DEFLATE = 8;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int CHUNK = 8192;

  private final HostileBytes member;

  private GzipMember(HostileBytes member) {
    this.member = member;
  }

  /// Returns the content.
  ///
  /// @param most the limit of its bytes
  static Octets unpack(Octets compressed, int most) throws VmException {
    var bytes = HostileBytes.of("the gzip stream", compressed, InitdataAnnotation.MOST_CHARACTERS);
    return new GzipMember(bytes).content(most);
  }

  private Octets content(int most) throws VmException {
    var start = headerBytes();
    var rest = member.slice(start, member.length() - start, "its content").toBytes();
    var inflater = new Inflater(true);
    try {
      inflater.setInput(rest);
      var content = inflate(inflater, most);
      if (inflater.getRemaining() != TRAILER) {
        throw member.malformed("it is cut, or something follows its end");
      }
      check(content, member.length() - TRAILER);
      return Octets.of(content);
    } catch (DataFormatException e) {
      throw member.malformed("its content is not what deflate writes");
    } finally {
      inflater.end();
    }
  }

  private byte[] inflate(Inflater inflater, int most) throws DataFormatException, VmException {
    var out = new ByteArrayOutputStream();
    var chunk = new byte[CHUNK];
    while (!inflater.finished()) {
      var count = inflater.inflate(chunk);
      if (count == 0 && !inflater.finished()) {
        throw member.malformed("it is cut, or needs a dictionary");
      }
      if (out.size() + count > most) {
        throw VmException.tooLarge(
            "the gzip stream has a content of more than %d bytes".formatted(most));
      }
      out.write(chunk, 0, count);
    }
    return out.toByteArray();
  }

  private void check(byte[] content, int trailer) throws VmException {
    var crc = new CRC32();
    crc.update(content);
    if (crc.getValue() != member.u32(trailer, "its checksum")
        || content.length != member.u32(trailer + 4, "its length")) {
      throw member.malformed("its checksum or length is not that of its content");
    }
  }

  private int headerBytes() throws VmException {
    var header = member.slice(0, HEADER, "its header");
    if (header.u16(0) != 0x8b1f || header.u8(2) != DEFLATE) {
      throw member.malformed("it does not begin as one");
    }
    var flags = header.u8(3);
    if ((flags & ~(EXTRA | NAME | COMMENT | 1)) != 0) {
      throw member.unsupported("its header has the flags 0x%02x".formatted(flags));
    }
    var at = HEADER;
    if ((flags & EXTRA) != 0) {
      at += 2 + member.u16(at, "its header");
    }
    for (var text : new int[] {NAME, COMMENT}) {
      if ((flags & text) != 0) {
        while (member.slice(at, 1, "its header").u8(0) != 0) {
          at++;
        }
        at++;
      }
    }
    return at;
  }
}
