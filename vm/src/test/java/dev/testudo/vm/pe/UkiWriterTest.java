package dev.testudo.vm.pe;

import static dev.testudo.vm.MeasurementHash.SHA256;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.VmException.Reason;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class UkiWriterTest {
  private static final Octets STUB = PeImage.stub("252.39-1~deb12u1");

  @Test
  void anImageHasTheStubsSectionsAndThenItsOwnInAFixedOrder() throws VmException {
    var image = PeFile.read("the image", UkiWriter.write(STUB, parts()));
    assertEquals(
        List.of(".text", ".sdmagic", ".osrel", ".cmdline", ".linux", ".initrd"),
        image.sections().stream().map(PeSection::name).toList());
    for (var part : parts().entrySet()) {
      var section = image.section(part.getKey().text()).orElseThrow();
      assertEquals(part.getValue(), image.content(section));
      assertEquals(0, section.address() % 4096);
    }
    var stub = PeFile.read("the stub", STUB);
    for (var section : stub.sections()) {
      var copied = image.section(section.name()).orElseThrow();
      assertEquals(section.address(), copied.address());
      assertEquals(stub.content(section), image.content(copied));
    }
  }

  @Test
  void theSamePartsGiveTheSameBytesInWhateverOrderTheyCome() throws VmException {
    var image = UkiWriter.write(STUB, parts());
    assertEquals(image, UkiWriter.write(STUB, new TreeMap<>(parts()).descendingMap()));
    assertEquals(image, UkiWriter.write(STUB, new LinkedHashMap<>(parts())));
    var another = PeImage.with(PeImage.with(STUB, PeImage.TIMESTAMP, 1), PeImage.CHECKSUM, 5);
    assertEquals(image, UkiWriter.write(another, parts()));
  }

  /// So that both rules for the digest of a file give the same one.
  @Test
  void theLengthIsAMultipleOfEight() throws VmException {
    for (var length = 1; length < 20; length++) {
      var image = UkiWriter.write(STUB, Map.of(UkiSection.LINUX, Octets.of(new byte[length])));
      assertEquals(0, image.length() % 8);
    }
  }

  @Test
  void everyPartChangesTheDigestOfTheImage() throws VmException {
    var digest = digest(UkiWriter.write(STUB, parts()));
    for (var part : UkiSection.values()) {
      var changed = parts();
      changed.put(part, octets("changed"));
      assertTrue(!digest.equals(digest(UkiWriter.write(STUB, changed))), part::text);
    }
  }

  private static Octets digest(Octets image) throws VmException {
    return Authenticode.digest(PeFile.read("the image", image), SHA256);
  }

  @Test
  void aStubThatIsSignedOrAlreadyAnImageIsRefused() throws VmException {
    var signed =
        PeImage.with(PeImage.with(STUB, PeImage.CERTIFICATES, 8), PeImage.CERTIFICATES + 4, 8);
    assertEquals(Reason.UNSUPPORTED, refusal(signed, parts()));
    assertEquals(Reason.UNSUPPORTED, refusal(UkiWriter.write(STUB, parts()), parts()));
  }

  @Test
  void aStubWithoutRoomInItsHeadersIsRefused() {
    var sections = new LinkedHashMap<String, byte[]>();
    for (var i = 0; i < 14; i++) {
      sections.put(".s" + i, new byte[1]);
    }
    assertEquals(Reason.UNSUPPORTED, refusal(PeImage.of(sections), parts()));
  }

  @Test
  void anEmptySectionAndAStubThatIsNoneAreRefused() {
    var empty = Map.of(UkiSection.CMDLINE, Octets.of(new byte[0]));
    assertEquals(Reason.MALFORMED, refusal(STUB, empty));
    assertEquals(Reason.MALFORMED, refusal(octets("#!/bin/sh"), parts()));
    // The alignment of sections in the file.
    assertEquals(Reason.MALFORMED, refusal(PeImage.with(STUB, PeImage.MAGIC + 36, 3), parts()));
  }

  private static Reason refusal(Octets stub, Map<UkiSection, Octets> parts) {
    return assertThrows(VmException.class, () -> UkiWriter.write(stub, parts)).reason();
  }

  private static Map<UkiSection, Octets> parts() {
    var parts = new EnumMap<UkiSection, Octets>(UkiSection.class);
    parts.put(UkiSection.OSREL, octets("ID=testudo\n"));
    parts.put(UkiSection.CMDLINE, octets("console=ttyS0"));
    parts.put(UkiSection.LINUX, octets("kernel".repeat(1000)));
    parts.put(UkiSection.INITRD, octets("initrd".repeat(2001)));
    return parts;
  }

  private static Octets octets(String text) {
    return Octets.of(text.getBytes(UTF_8));
  }
}
