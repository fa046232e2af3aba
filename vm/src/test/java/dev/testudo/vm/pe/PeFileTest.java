package dev.testudo.vm.pe;

import static dev.testudo.vm.MeasurementHash.SHA256;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.VmException.Reason;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PeFileTest {
  private static final Octets FILE = PeImage.of(sections());

  private static SequencedMap<String, byte[]> sections() {
    var sections = new LinkedHashMap<String, byte[]>();
    sections.put(".text", "code".getBytes(UTF_8));
    sections.put(".data", "some data".getBytes(UTF_8));
    return sections;
  }

  @Test
  void aSectionHasTheContentThatALoaderWouldSee() throws VmException {
    var file = PeFile.read("the file", FILE);
    assertEquals(List.of(".text", ".data"), file.sections().stream().map(PeSection::name).toList());
    var data = file.section(".data").orElseThrow();
    assertEquals("some data", new String(file.content(data).toBytes(), UTF_8));
    assertEquals(0x200, data.fileBytes());
  }

  @Test
  void malformedFilesAreRefused() {
    var first = PeImage.FIRST_SECTION;
    var malformed =
        List.of(
            Octets.of(new byte[0]),
            Octets.of(new byte[0x1000]),
            FILE.slice(0, 0x3e),
            FILE.slice(0, FILE.length() - 1),
            PeImage.with(FILE, 0x3c, -1),
            PeImage.with(FILE, 0x3c, 0x7fffffff),
            PeImage.with(FILE, 0x40, 0x4551),
            PeImage.with(FILE, PeImage.MAGIC, 0x107),
            PeImage.with(FILE, PeImage.HEADER_BYTES, 0x100),
            PeImage.with(FILE, PeImage.HEADER_BYTES, 0x10000),
            PeImage.with(FILE, PeImage.DIRECTORY_COUNT, 17),
            PeImage.with(FILE, PeImage.DIRECTORY_COUNT, -1),
            PeImage.with(FILE, first, 0x0a0a0a0a),
            PeImage.with(FILE, first + 16, 0x400),
            PeImage.with(FILE, first + 16, -1),
            PeImage.with(FILE, first + 20, 0x200),
            PeImage.with(FILE, first + 20, 0x600),
            PeImage.with(FILE, first + 20, -1));
    for (var file : malformed) {
      var refused = assertThrows(VmException.class, () -> PeFile.read("the file", file));
      assertEquals(Reason.MALFORMED, refused.reason(), refused::getMessage);
    }
  }

  @Test
  void tooManySectionsAndLongNamesAreRefusedAsSuch() {
    var many = PeImage.with(FILE, PeImage.SECTION_COUNT, 97);
    assertEquals(
        Reason.TOO_LARGE,
        assertThrows(VmException.class, () -> PeFile.read("the file", many)).reason());
    var named = PeImage.with(FILE, PeImage.FIRST_SECTION, '/' | '4' << 8 | '1' << 16 | '2' << 24);
    assertEquals(
        Reason.UNSUPPORTED,
        assertThrows(VmException.class, () -> PeFile.read("the file", named)).reason());
  }

  @Test
  void aSectionOfMemoryOnlyHasNoPlaceInTheFile() throws VmException {
    var first = PeImage.FIRST_SECTION;
    var bytes = PeImage.with(PeImage.with(FILE, first + 16, 0), first + 20, 0x7fffffff);
    var file = PeFile.read("the file", bytes);
    assertEquals(0, file.content(file.section(".text").orElseThrow()).length());
  }

  @Test
  void aSectionThatIsThereTwiceHasNoContent() throws VmException {
    var header = FILE.slice(PeImage.FIRST_SECTION, 8).toBytes();
    var bytes = ByteBuffer.wrap(FILE.toBytes()).put(PeImage.FIRST_SECTION + 40, header).array();
    var twice = PeFile.read("the file", Octets.of(bytes));
    assertEquals(
        Reason.MALFORMED, assertThrows(VmException.class, () -> twice.section(".text")).reason());
  }

  @Test
  void theDigestLeavesOutChecksumAndSignatures() throws VmException {
    var digest = digest(FILE);
    assertEquals(digest, digest(PeImage.with(FILE, PeImage.CHECKSUM, 0x12345678)));
    var signature = new byte[64];
    RandomGenerator.of("L64X128MixRandom").nextBytes(signature);
    var signed =
        Octets.of(
            ByteBuffer.allocate(FILE.length() + signature.length)
                .put(FILE.buffer())
                .put(signature)
                .array());
    assertNotEquals(digest, digest(signed));
    var named = PeImage.with(signed, PeImage.CERTIFICATES, FILE.length());
    assertEquals(digest, digest(PeImage.with(named, PeImage.CERTIFICATES + 4, signature.length)));
  }

  @Test
  void everyOtherByteOfAFileCounts() throws VmException {
    var digest = digest(FILE);
    for (var at = 0x400; at < FILE.length(); at++) {
      assertNotEquals(digest, digest(flipped(at)), "byte " + at);
    }
    for (var at : List.of(4, PeImage.TIMESTAMP, PeImage.FIRST_SECTION + 36, 0x3ff)) {
      assertNotEquals(digest, digest(flipped(at)), "byte " + at);
    }
  }

  private static Octets flipped(int at) {
    var bytes = FILE.toBytes();
    bytes[at] ^= 1;
    return Octets.of(bytes);
  }

  @Test
  void aTableOfCertificatesThatDoesNotEndWithTheFileIsRefused() throws VmException {
    var named = PeImage.with(FILE, PeImage.CERTIFICATES, 0x200);
    var file = PeFile.read("the file", PeImage.with(named, PeImage.CERTIFICATES + 4, 8));
    assertEquals(
        Reason.MALFORMED,
        assertThrows(VmException.class, () -> Authenticode.digest(file, SHA256)).reason());
  }

  private static Octets digest(Octets file) throws VmException {
    return Authenticode.digest(PeFile.read("the file", file), SHA256);
  }
}
