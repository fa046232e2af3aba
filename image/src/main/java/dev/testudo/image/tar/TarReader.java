package dev.testudo.image.tar;

import dev.testudo.image.tar.TarException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/// Reads an archive entry by entry, in constant memory. It reads what Go's `archive/tar` reads,
/// with which most tools unpack layers, and refuses what other programs would read differently.
/// Not thread-safe.
public final class TarReader {
  /// The most bytes of a path, as in the kernel (`PATH_MAX`).
  public static final int MAX_NAME = 4096;

  /// The most bytes of an extended header or a long name: as many as Go accepts.
  private static final int MAX_EXTENSION = 1 << 20;

  private static final int BLOCK = TarHeader.BLOCK;

  private final InputStream in;
  private final byte[] block = new byte[BLOCK];
  private long position;
  private long left;
  private int padding;
  private boolean ended;

  /// Reads from `in`, which the caller closes.
  public TarReader(InputStream in) {
    this.in = in;
  }

  /// Returns how many bytes have been read: after [#next], the offset of the content.
  public long position() {
    return position;
  }

  /// Skips the rest of the current entry and reads the next one; returns empty at the end. The end
  /// is reached only if nothing but zeros follows the last entry.
  ///
  /// @throws TarException if the archive is malformed
  public Optional<TarEntry> next() throws IOException {
    skip(left);
    left = 0;
    skipPadding();
    padding = 0;
    var pax = PaxRecords.NONE;
    var longName = "";
    var longTarget = "";
    while (true) {
      var header = header();
      if (header.isEmpty()) {
        if (pax != PaxRecords.NONE || !longName.isEmpty() || !longTarget.isEmpty()) {
          throw TarException.malformed("the archive ends after an extended header");
        }
        return Optional.empty();
      }
      var type = header.get().type();
      switch (type) {
        case 'x' -> pax = once(pax == PaxRecords.NONE, PaxRecords.parse(extension(header.get())));
        case 'L' -> longName = once(longName.isEmpty(), longText(header.get()));
        case 'K' -> longTarget = once(longTarget.isEmpty(), longText(header.get()));
        // What it says of all further entries is ignored, as Go does.
        case 'g' -> extension(header.get());
        default -> {
          return Optional.of(entry(header.get(), pax, longName, longTarget));
        }
      }
    }
  }

  private static <T> T once(boolean first, T value) throws TarException {
    if (!first) {
      throw TarException.malformed("an entry has two extended headers of one kind");
    }
    return value;
  }

  private TarEntry entry(TarHeader header, PaxRecords pax, String longName, String longTarget)
      throws IOException {
    var name = chosen(longName, pax.text("path"), header.name(), "name");
    var target = chosen(longTarget, pax.text("linkpath"), header.linkTarget(), "link target");
    var attributes =
        new FileAttributes(
            header.mode(),
            new Owner(
                id(pax.number("uid").orElse(header.uid())),
                id(pax.number("gid").orElse(header.gid())),
                pax.text("uname").orElse(header.user()),
                pax.text("gname").orElse(header.group())),
            pax.number("mtime").orElse(header.mtime()),
            pax.xattrs());
    var kind = kind(header, pax, name, target);
    if (kind instanceof TarKind.File(var size)) {
      left = size;
      padding = (int) (-size & (BLOCK - 1));
    }
    return new TarEntry(withoutSlash(name), kind, attributes);
  }

  private static TarKind kind(TarHeader header, PaxRecords pax, String name, String target)
      throws TarException {
    return switch (header.type()) {
      case '0', '\0', '7' ->
          name.endsWith("/")
              ? new TarKind.Directory()
              : new TarKind.File(size(pax.number("size").orElse(header.size())));
      case '1' -> new TarKind.HardLink(given(target));
      case '2' -> new TarKind.SymbolicLink(given(target));
      case '3' -> new TarKind.Device(false, header.deviceMajor(), header.deviceMinor());
      case '4' -> new TarKind.Device(true, header.deviceMajor(), header.deviceMinor());
      case '5' -> new TarKind.Directory();
      case '6' -> new TarKind.Fifo();
      case 'S' ->
          throw new TarException(
              Reason.UNSUPPORTED, "the archive contains a sparse file; write it whole");
      default ->
          throw new TarException(
              Reason.UNSUPPORTED,
              "the archive contains an entry of unknown type 0x%02x"
                  .formatted((int) header.type()));
    };
  }

  /// An entry with two long names would be another file for other programs.
  private static String chosen(String gnu, Optional<String> pax, String header, String what)
      throws TarException {
    if (!gnu.isEmpty() && pax.isPresent() && !gnu.equals(pax.get())) {
      throw TarException.malformed("an entry has two different %ss".formatted(what));
    }
    var text = gnu.isEmpty() ? pax.orElse(header) : gnu;
    if (RawText.encode(text).length > MAX_NAME) {
      throw new TarException(
          Reason.TOO_LARGE, "the %s of an entry has more than %d bytes".formatted(what, MAX_NAME));
    }
    return text;
  }

  private static String given(String target) throws TarException {
    if (target.isEmpty()) {
      throw TarException.malformed("a link has no target");
    }
    return target;
  }

  private static long id(long id) throws TarException {
    if (id < 0 || id > Owner.MAX_ID) {
      throw TarException.malformed("the id of a user or group is out of range");
    }
    return id;
  }

  private static long size(long size) throws TarException {
    if (size < 0) {
      throw TarException.malformed("the size of an entry is negative");
    }
    return size;
  }

  private static String withoutSlash(String name) {
    var end = name.length();
    while (end > 1 && name.charAt(end - 1) == '/') {
      end--;
    }
    return name.substring(0, end);
  }

  /// Reads a part of the content of the current entry; returns -1 at its end.
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (left == 0) {
      return -1;
    }
    var n = in.read(buffer, offset, (int) Math.min(length, left));
    if (n < 0) {
      throw truncated();
    }
    left -= n;
    position += n;
    return n;
  }

  /// Returns the content of the current entry.
  ///
  /// @param limit the most bytes accepted
  /// @throws TarException if it is larger
  public byte[] content(int limit) throws IOException {
    if (left > limit) {
      throw new TarException(
          Reason.TOO_LARGE, "an entry has %d bytes, %d are allowed".formatted(left, limit));
    }
    var content = in.readNBytes((int) left);
    position += content.length;
    left -= content.length;
    if (left > 0) {
      throw truncated();
    }
    return content;
  }

  private byte[] extension(TarHeader header) throws IOException {
    left = size(header.size());
    padding = (int) (-left & (BLOCK - 1));
    var content = content(MAX_EXTENSION);
    skip(padding);
    padding = 0;
    return content;
  }

  private String longText(TarHeader header) throws IOException {
    var content = extension(header);
    var end = 0;
    while (end < content.length && content[end] != 0) {
      end++;
    }
    if (end == 0) {
      throw TarException.malformed("a long name is empty");
    }
    return RawText.decode(Arrays.copyOf(content, end));
  }

  /// Reads a header; returns empty at the end of the archive: two blocks of zeros, or, as some
  /// programs leave these out, the end of the bytes.
  private Optional<TarHeader> header() throws IOException {
    if (ended || !block()) {
      ended = true;
      return Optional.empty();
    }
    if (!isZero()) {
      return Optional.of(TarHeader.of(block));
    }
    while (block()) {
      if (!isZero()) {
        throw TarException.malformed("bytes follow the end of the archive");
      }
    }
    ended = true;
    return Optional.empty();
  }

  private boolean isZero() {
    for (var one : block) {
      if (one != 0) {
        return false;
      }
    }
    return true;
  }

  private boolean block() throws IOException {
    var n = in.readNBytes(block, 0, BLOCK);
    position += n;
    if (n != 0 && n != BLOCK) {
      throw truncated();
    }
    return n == BLOCK;
  }

  private void skip(long count) throws IOException {
    try {
      in.skipNBytes(count);
    } catch (EOFException e) {
      throw truncated();
    }
    position += count;
  }

  /// Skips what fills the last block of a file. Some writers, such as umoci, end the archive after
  /// the last byte of the last file, and container runtimes accept that.
  private void skipPadding() throws IOException {
    position += in.readNBytes(block, 0, padding);
  }

  private static TarException truncated() {
    return TarException.malformed("the archive is truncated");
  }
}
