package dev.testudo.image.tar;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Writes an archive. The same entries always give the same bytes: ustar, with an extended header
/// (pax) exactly where ustar cannot hold a field. Not thread-safe.
public final class TarWriter {
  private static final int BLOCK = TarHeader.BLOCK;
  private static final long MAX_OCTAL_7 = 0_7777777L;
  private static final long MAX_OCTAL_11 = 0_77777777777L;

  private final OutputStream out;
  private long left;
  private int padding;

  /// Writes to `out`, which the caller closes.
  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /// Begins an entry. The content of a file must follow, by [#write].
  public void put(TarEntry entry) throws IOException {
    endEntry();
    var extended = new ByteArrayOutputStream();
    var attributes = entry.attributes();
    var owner = attributes.owner();
    var directory = entry.kind() instanceof TarKind.Directory;
    var name = field(extended, "path", entry.name() + (directory ? "/" : ""), 100);
    var target = field(extended, "linkpath", target(entry.kind()), 100);
    var size = entry.kind() instanceof TarKind.File(var bytes) ? bytes : 0;
    var block = new HeaderBlock();
    block.text(0, name);
    block.octal(100, 8, attributes.mode());
    block.octal(108, 8, number(extended, "uid", owner.uid(), MAX_OCTAL_7));
    block.octal(116, 8, number(extended, "gid", owner.gid(), MAX_OCTAL_7));
    block.octal(124, 12, number(extended, "size", size, MAX_OCTAL_11));
    block.octal(136, 12, number(extended, "mtime", attributes.mtime(), MAX_OCTAL_11));
    block.text(157, target);
    block.text(265, field(extended, "uname", owner.user(), 31));
    block.text(297, field(extended, "gname", owner.group(), 31));
    if (entry.kind() instanceof TarKind.Device(_, var major, var minor)) {
      block.octal(329, 8, major);
      block.octal(337, 8, minor);
    }
    for (var xattr : attributes.xattrs().entrySet()) {
      extended.writeBytes(PaxRecords.xattr(xattr.getKey(), xattr.getValue()));
    }
    if (extended.size() > 0) {
      extended(extended.toByteArray());
    }
    out.write(block.bytes(type(entry.kind())));
    left = size;
    padding = (int) (-size & (BLOCK - 1));
  }

  private void extended(byte[] records) throws IOException {
    var block = new HeaderBlock();
    block.text(0, "pax_header".getBytes(US_ASCII));
    block.octal(100, 8, 0644);
    block.octal(108, 8, 0);
    block.octal(116, 8, 0);
    block.octal(124, 12, records.length);
    block.octal(136, 12, 0);
    out.write(block.bytes('x'));
    out.write(records);
    out.write(new byte[-records.length & (BLOCK - 1)]);
  }

  /// Writes a part of the content of the current file.
  ///
  /// @throws IOException if there is more than the entry said
  public void write(byte[] buffer, int offset, int length) throws IOException {
    if (length > left) {
      throw new IOException("a file grew while it was written into an archive");
    }
    out.write(buffer, offset, length);
    left -= length;
  }

  /// Writes the end of the archive. The caller flushes and closes the stream.
  public void finish() throws IOException {
    endEntry();
    out.write(new byte[2 * BLOCK]);
  }

  private void endEntry() throws IOException {
    if (left > 0) {
      throw new IOException("a file shrank while it was written into an archive");
    }
    out.write(new byte[padding]);
    padding = 0;
  }

  private static String target(TarKind kind) {
    return switch (kind) {
      case TarKind.SymbolicLink(var target) -> target;
      case TarKind.HardLink(var target) -> target;
      case TarKind.File _, TarKind.Directory _, TarKind.Device _, TarKind.Fifo _ -> "";
    };
  }

  private static char type(TarKind kind) {
    return switch (kind) {
      case TarKind.File _ -> '0';
      case TarKind.HardLink _ -> '1';
      case TarKind.SymbolicLink _ -> '2';
      case TarKind.Device(var block, _, _) -> block ? '4' : '3';
      case TarKind.Directory _ -> '5';
      case TarKind.Fifo _ -> '6';
    };
  }

  /// Returns the bytes of a field, cut if an extended header has to hold the text.
  private static byte[] field(ByteArrayOutputStream extended, String key, String text, int most) {
    var bytes = RawText.encode(text);
    var ascii = text.chars().allMatch(c -> c < 0x80);
    if (ascii && bytes.length <= most) {
      return bytes;
    }
    extended.writeBytes(PaxRecords.record(key, bytes));
    var cut = new byte[Math.min(bytes.length, most)];
    for (var i = 0; i < cut.length; i++) {
      cut[i] = bytes[i] < 0 ? (byte) '_' : bytes[i];
    }
    return cut;
  }

  private static long number(ByteArrayOutputStream extended, String key, long value, long most) {
    if (value >= 0 && value <= most) {
      return value;
    }
    extended.writeBytes(PaxRecords.record(key, Long.toString(value).getBytes(US_ASCII)));
    return 0;
  }

  /// A header block that is being filled.
  private static final class HeaderBlock {
    private final byte[] block = new byte[BLOCK];

    void text(int at, byte[] text) {
      System.arraycopy(text, 0, block, at, text.length);
    }

    /// Writes octal digits and a NUL.
    void octal(int at, int length, long value) {
      var digits = Long.toOctalString(value);
      text(at, ("0".repeat(length - 1 - digits.length()) + digits).getBytes(US_ASCII));
    }

    byte[] bytes(char type) {
      block[156] = (byte) type;
      text(257, "ustar\00000".getBytes(US_ASCII));
      text(148, "        ".getBytes(US_ASCII));
      var sum = 0;
      for (var one : block) {
        sum += one & 0xff;
      }
      text(148, "%06o\0 ".formatted(sum).getBytes(US_ASCII));
      return block;
    }
  }
}
