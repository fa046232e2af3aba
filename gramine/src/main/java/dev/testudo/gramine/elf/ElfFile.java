package dev.testudo.gramine.elf;

import dev.testudo.gramine.GramineException;
import dev.testudo.trust.attest.evidence.Octets;
import java.util.ArrayList;
import java.util.List;

/// A shared library for x86-64 that can be loaded anywhere: the segments that are loaded, and where
/// it is entered. Sections, symbols and relocations do not matter here.
///
/// Segments are in ascending order, no two of them share a page, the first one begins in page 0,
/// and their places in file and memory differ by whole pages. Gramine's signer and its loader
/// measure other files differently, so those are refused.
///
/// Source: System V ABI, "Object Files" and "Program Loading"; its supplement for x86-64.
public final class ElfFile {
  /// The bytes of a page.
  public static final int PAGE = 4096;

  /// The most bytes of a file.
  public static final int MOST_BYTES = 64 << 20;

  /// The most bytes in memory.
  public static final long MOST_MEMORY = 64 << 20;

  private static final int HEADER = 64;
  private static final int PROGRAM_HEADER = 56;
  private static final int MOST_HEADERS = 64;
  private static final int MOST_SEGMENTS = 16;

  private static final long MAGIC = 0x464c457fL;
  private static final int CLASS_64 = 2;
  private static final int LITTLE_ENDIAN = 1;
  private static final int SHARED_OBJECT = 3;
  private static final int X86_64 = 62;
  private static final long LOAD = 1;

  private final String name;
  private final Octets bytes;
  private final List<ElfSegment> segments = new ArrayList<>();
  private long entry;

  private ElfFile(String name, Octets bytes) {
    this.name = name;
    this.bytes = bytes;
  }

  /// Reads a file.
  ///
  /// @param name what it is, for messages
  /// @throws GramineException if it is malformed, too large, or not measured the same by everybody
  public static ElfFile read(String name, Octets bytes) throws GramineException {
    var file = new ElfFile(name, bytes);
    file.read();
    return file;
  }

  /// Returns the segments in ascending order of their addresses; at least one.
  public List<ElfSegment> segments() {
    return List.copyOf(segments);
  }

  /// Returns the address at which it is entered.
  public long entry() {
    return entry;
  }

  /// Returns the bytes of memory from 0 to the end of its last page.
  public long memory() {
    return segments.getLast().endOfPages();
  }

  /// Returns a page of a segment as it is in memory.
  ///
  /// @param page the address of the page, which must be in the segment
  public byte[] page(ElfSegment segment, long page) {
    var content = new byte[PAGE];
    var from = Math.max(page, segment.address());
    var to = Math.min(page + PAGE, segment.address() + segment.fileSize());
    if (from < to) {
      var start = (int) (segment.offset() + from - segment.address());
      bytes.buffer().get(start, content, (int) (from - page), (int) (to - from));
    }
    return content;
  }

  private void read() throws GramineException {
    if (bytes.length() > MOST_BYTES) {
      throw GramineException.tooLarge(
          "%s has %d bytes; %d are the most".formatted(name, bytes.length(), MOST_BYTES));
    }
    if (bytes.length() < HEADER || bytes.u32(0) != MAGIC) {
      throw malformed("it is no ELF file");
    }
    if (bytes.u8(4) != CLASS_64 || bytes.u8(5) != LITTLE_ENDIAN || bytes.u16(18) != X86_64) {
      throw unsupported("it is not for x86-64");
    }
    if (bytes.u16(16) != SHARED_OBJECT) {
      throw unsupported("it is no shared library");
    }
    entry = bytes.u64(24);
    var count = bytes.u16(56);
    if (bytes.u16(54) != PROGRAM_HEADER || count == 0 || count > MOST_HEADERS) {
      throw malformed("%d program headers of %d bytes".formatted(count, bytes.u16(54)));
    }
    var table = slice(bytes.u64(32), (long) count * PROGRAM_HEADER, "the program headers");
    for (var i = 0; i < count; i++) {
      add(table.slice(i * PROGRAM_HEADER, PROGRAM_HEADER));
    }
    requireWhole();
  }

  private void add(Octets header) throws GramineException {
    if (header.u32(0) != LOAD) {
      return;
    }
    var flags = header.u32(4);
    var segment =
        new ElfSegment(
            header.u64(8),
            header.u64(16),
            header.u64(32),
            header.u64(40),
            new ElfSegment.Access((flags & 4) != 0, (flags & 2) != 0, (flags & 1) != 0));
    if (segment.memorySize() <= 0 || segment.memorySize() > MOST_MEMORY) {
      throw malformed("a segment has 0 bytes, or more than %d".formatted(MOST_MEMORY));
    }
    if (segment.address() < 0 || segment.address() > MOST_MEMORY - segment.memorySize()) {
      throw GramineException.tooLarge(
          "%s has a segment beyond %d bytes".formatted(name, MOST_MEMORY));
    }
    if (segment.fileSize() < 0 || segment.fileSize() > segment.memorySize()) {
      throw malformed("a segment has more bytes in the file than in memory");
    }
    slice(segment.offset(), segment.fileSize(), "a segment");
    if (segment.offset() % PAGE != segment.address() % PAGE) {
      throw malformed("a segment is at another place of its page in the file than in memory");
    }
    if (!segments.isEmpty() && segment.firstPage() < segments.getLast().endOfPages()) {
      throw unsupported("two segments share a page, or are not in ascending order");
    }
    if (segments.size() == MOST_SEGMENTS) {
      throw GramineException.tooLarge(
          "%s has more than %d segments".formatted(name, MOST_SEGMENTS));
    }
    segments.add(segment);
  }

  private void requireWhole() throws GramineException {
    if (segments.isEmpty()) {
      throw malformed("it has nothing to load");
    }
    if (segments.getFirst().firstPage() != 0) {
      throw unsupported("it is not loaded from address 0 on");
    }
    if (segments.stream().noneMatch(s -> s.access().execute() && s.contains(entry))) {
      throw malformed("it is not entered where it can be executed");
    }
  }

  private Octets slice(long from, long count, String what) throws GramineException {
    if (from < 0 || count < 0 || from > bytes.length() || count > bytes.length() - from) {
      throw malformed(
          "%s (%d bytes at offset %d) is not in its %d bytes"
              .formatted(what, count, from, bytes.length()));
    }
    return bytes.slice((int) from, (int) count);
  }

  private GramineException malformed(String reason) {
    return GramineException.malformed("%s is malformed: %s".formatted(name, reason));
  }

  private GramineException unsupported(String reason) {
    return GramineException.unsupported("%s is not supported: %s".formatted(name, reason));
  }
}
