package dev.testudo.gramine.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.gramine.GramineException;
import dev.testudo.gramine.GramineException.Reason;
import dev.testudo.gramine.HostPrograms;
import dev.testudo.trust.attest.evidence.Octets;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElfFileTest {
  @TempDir private Path folder;

  private static ElfFile read(byte[] bytes) throws GramineException {
    return ElfFile.read("the library", Octets.of(bytes));
  }

  private static Reason refused(byte[] bytes) {
    return assertThrows(GramineException.class, () -> read(bytes)).reason();
  }

  private static Reason refused(UnaryOperator<ElfImage> change) {
    return refused(change.apply(new ElfImage()).bytes());
  }

  @Test
  void aLibraryOfACompilerHasItsSegments() throws Exception {
    var file = read(HostPrograms.library(folder));
    assertTrue(file.segments().size() >= 3);
    assertEquals(1, file.segments().stream().filter(segment -> segment.access().execute()).count());
    var data =
        file.segments().stream().filter(segment -> segment.access().write()).findFirst().get();
    assertTrue(data.memorySize() > data.fileSize() + 19_000);
    assertTrue(file.entry() > 0);
    assertEquals(0, file.memory() % ElfFile.PAGE);
  }

  @Test
  void whatIsNotFromTheFileIsZero() throws Exception {
    var file = read(new ElfImage().segment(0x1010, 16, 0x2000).bytes());
    var segment = file.segments().getLast();
    var first = file.page(segment, 0x1000);
    assertEquals(0, first[0xf]);
    assertEquals(ElfImage.CONTENT, first[0x10]);
    assertEquals(ElfImage.CONTENT, first[0x1f]);
    assertEquals(0, first[0x20]);
    assertEquals(0x1000, segment.firstPage());
    assertEquals(0x4000, segment.endOfPages());
    assertEquals(ByteBuffer.allocate(4096), ByteBuffer.wrap(file.page(segment, 0x2000)));
  }

  @Test
  void anotherFileIsRefused() {
    assertEquals(Reason.MALFORMED, refused(new byte[0]));
    assertEquals(Reason.MALFORMED, refused(new byte[4096]));
    assertEquals(Reason.UNSUPPORTED, refused(image -> image.u8(4, 1)), "32 bits");
    assertEquals(Reason.UNSUPPORTED, refused(image -> image.u8(5, 2)), "big endian");
    assertEquals(Reason.UNSUPPORTED, refused(image -> image.u16(18, 183)), "aarch64");
    assertEquals(Reason.UNSUPPORTED, refused(image -> image.u16(16, 2)), "not relocatable");
  }

  @Test
  void aFileThatIsCutAnywhereIsRefused() throws Exception {
    var whole = new ElfImage().bytes();
    read(whole);
    for (var length = 0; length < whole.length; length++) {
      assertEquals(Reason.MALFORMED, refused(java.util.Arrays.copyOf(whole, length)));
    }
  }

  @Test
  void segmentsThatSignerAndLoaderWouldMeasureDifferentlyAreRefused() {
    assertEquals(
        Reason.UNSUPPORTED, refused(image -> image.segment(0x800, 16, 16)), "a page is shared");
    assertEquals(
        Reason.UNSUPPORTED,
        refused(image -> image.segment(0x3000, 16, 16).segment(0x1000, 16, 16)),
        "descending");
    assertEquals(
        Reason.UNSUPPORTED, refused(image -> image.u64(64 + 16, 0x1000).u64(24, 0x1000)), "base");
    assertEquals(Reason.MALFORMED, refused(image -> image.u64(64 + 8, 0x10)), "not congruent");
  }

  @Test
  void lengthsThatCannotBeAreRefused() {
    for (var wrong : List.of(-1L, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32)) {
      for (var field : List.of(8, 32, 40)) {
        var reason = refused(image -> image.u64(64 + field, wrong));
        assertTrue(reason == Reason.MALFORMED, () -> field + ": " + wrong);
      }
      assertTrue(refused(image -> image.u64(64 + 16, wrong)) != Reason.UNSUPPORTED);
      assertEquals(Reason.MALFORMED, refused(image -> image.u64(32, wrong)), "table");
    }
    assertEquals(Reason.MALFORMED, refused(image -> image.u64(64 + 40, 8)), "memory < file");
    assertEquals(Reason.MALFORMED, refused(image -> image.u16(56, 65)), "headers");
    assertEquals(Reason.MALFORMED, refused(image -> image.u16(54, 32)), "header size");
    assertEquals(Reason.MALFORMED, refused(image -> image.u32(64, 6)), "nothing to load");
  }

  @Test
  void anEntryThatCannotBeExecutedIsRefused() {
    assertEquals(Reason.MALFORMED, refused(image -> image.u64(24, 0x5000)));
    assertEquals(Reason.MALFORMED, refused(image -> image.u32(64 + 4, 4)));
  }

  @Test
  void moreThanSixteenSegmentsAreRefused() throws Exception {
    var most = new ElfImage();
    for (var i = 1; i < 16; i++) {
      most.segment(i * 0x1000L, 16, 16);
    }
    assertEquals(16, read(most.bytes()).segments().size());
    assertEquals(Reason.TOO_LARGE, refused(most.segment(0x20000, 16, 16).bytes()));
  }
}
