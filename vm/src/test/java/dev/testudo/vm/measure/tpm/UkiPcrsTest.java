package dev.testudo.vm.measure.tpm;

import static dev.testudo.vm.MeasurementHash.SHA256;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.VmException.Reason;
import dev.testudo.vm.measure.BootPath;
import dev.testudo.vm.pe.Authenticode;
import dev.testudo.vm.pe.PeFile;
import dev.testudo.vm.pe.PeImage;
import dev.testudo.vm.pe.UkiSection;
import dev.testudo.vm.pe.UkiWriter;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UkiPcrsTest {
  private static final String STUB = "252.39-1~deb12u1";
  private static final Octets KERNEL = kernel("vmlinuz");

  /// What is measured, spelled out.
  @Test
  void thePcrsAreThoseOfTheEventsOfARecordedBoot() throws VmException {
    var image = image(parts());
    var pcrs = UkiPcrs.of(image);
    assertEquals(
        pcr(
            "Calling EFI Application from Boot Option".getBytes(UTF_8),
            new byte[4],
            "Returning from EFI Application from Boot Option".getBytes(UTF_8),
            "Calling EFI Application from Boot Option".getBytes(UTF_8)),
        beforePrograms(pcrs, image));
    assertEquals(
        pcr("console=ttyS0 quiet\0".getBytes(UTF_16LE), "initrd".getBytes(UTF_8)),
        pcrs.pcr9().value());
    assertEquals(
        pcr(
            ".linux\0".getBytes(UTF_8),
            KERNEL.toBytes(),
            ".osrel\0".getBytes(UTF_8),
            "ID=testudo\n".getBytes(UTF_8),
            ".cmdline\0".getBytes(UTF_8),
            "console=ttyS0 quiet".getBytes(UTF_8),
            ".initrd\0".getBytes(UTF_8),
            "initrd".getBytes(UTF_8)),
        pcrs.pcr11().value());
  }

  /// Returns PCR 4 without the two events of programs, which are Authenticode digests.
  private static Octets beforePrograms(UkiPcrs pcrs, PeFile image) throws VmException {
    var events = pcrs.pcr4(new BootPath(1, Optional.empty())).events();
    assertEquals(Authenticode.digest(image, SHA256), events.get(4).digest());
    var kernel = Authenticode.digest(PeFile.read("the kernel", KERNEL), SHA256);
    assertEquals(kernel, events.get(5).digest());
    var value = SHA256.zero();
    for (var event : events.subList(0, 4)) {
      value = SHA256.of(value, event.digest());
    }
    return value;
  }

  private static Octets pcr(byte[]... contents) {
    var value = SHA256.zero();
    for (var content : contents) {
      value = SHA256.of(value, SHA256.of(content));
    }
    return value;
  }

  /// As it was seen in QEMU: one character of the command line, or the initrd.
  @Test
  void aChangedPartChangesThreePcrs() throws VmException {
    var pcrs = UkiPcrs.of(image(parts()));
    for (var part : Map.of(UkiSection.CMDLINE, "quiet", UkiSection.INITRD, "other").entrySet()) {
      var changed = parts();
      changed.put(part.getKey(), octets(part.getValue()));
      var others = UkiPcrs.of(image(changed));
      assertNotEquals(pcrs.pcr4(BootPath.DIRECT).value(), others.pcr4(BootPath.DIRECT).value());
      assertNotEquals(pcrs.pcr9().value(), others.pcr9().value());
      assertNotEquals(pcrs.pcr11().value(), others.pcr11().value());
    }
  }

  @Test
  void theBootOrderChangesPcr4Only() throws VmException {
    var pcrs = UkiPcrs.of(image(parts()));
    var direct = pcrs.pcr4(BootPath.DIRECT).value();
    assertNotEquals(direct, pcrs.pcr4(new BootPath(1, Optional.empty())).value());
    assertThrows(IllegalArgumentException.class, () -> new BootPath(17, Optional.empty()));
  }

  @Test
  void anImageWithAnotherStubIsNotPredicted() throws VmException {
    for (var version : List.of("251.1", "253", "257.7-1", "x")) {
      assertEquals(Reason.UNSUPPORTED, refusal(image(PeImage.stub(version), parts())), version);
    }
    var silent = PeImage.of(new LinkedHashMap<>(Map.of(".text", new byte[1])));
    assertEquals(Reason.UNSUPPORTED, refusal(image(silent, parts())));
  }

  @Test
  void anImageWithFurtherSectionsForTheStubIsNotPredicted() throws VmException {
    var sections = new LinkedHashMap<String, byte[]>();
    for (var section : PeFile.read("the stub", PeImage.stub(STUB)).sections()) {
      sections.put(section.name(), content(PeImage.stub(STUB), section.name()));
    }
    sections.put(".pcrpkey", new byte[1]);
    assertEquals(Reason.UNSUPPORTED, refusal(image(PeImage.of(sections), parts())));
  }

  private static byte[] content(Octets file, String name) throws VmException {
    var read = PeFile.read("the stub", file);
    return read.content(read.section(name).orElseThrow()).toBytes();
  }

  @Test
  void anImageWithoutAPartIsNotPredicted() throws VmException {
    for (var part : List.of(UkiSection.CMDLINE, UkiSection.LINUX, UkiSection.INITRD)) {
      var parts = parts();
      parts.remove(part);
      assertEquals(Reason.LACKING, refusal(image(parts)));
    }
  }

  @Test
  void aCommandLineThatStubsChangeIsNotPredicted() throws VmException {
    for (var commandLine : List.of("quiet\n", " quiet", "qui\tet", "größer")) {
      var parts = parts();
      parts.put(UkiSection.CMDLINE, octets(commandLine));
      assertEquals(Reason.UNSUPPORTED, refusal(image(parts)), commandLine);
    }
    var parts = parts();
    parts.put(UkiSection.CMDLINE, octets("x".repeat(2048)));
    assertEquals(Reason.TOO_LARGE, refusal(image(parts)));
  }

  private static Reason refusal(PeFile image) {
    return assertThrows(VmException.class, () -> UkiPcrs.of(image)).reason();
  }

  private static PeFile image(Map<UkiSection, Octets> parts) throws VmException {
    return image(PeImage.stub(STUB), parts);
  }

  private static PeFile image(Octets stub, Map<UkiSection, Octets> parts) throws VmException {
    return PeFile.read("the image", UkiWriter.write(stub, parts));
  }

  private static Map<UkiSection, Octets> parts() {
    var parts = new EnumMap<UkiSection, Octets>(UkiSection.class);
    parts.put(UkiSection.OSREL, octets("ID=testudo\n"));
    parts.put(UkiSection.CMDLINE, octets("console=ttyS0 quiet"));
    parts.put(UkiSection.LINUX, KERNEL);
    parts.put(UkiSection.INITRD, octets("initrd"));
    return parts;
  }

  private static Octets kernel(String code) {
    return PeImage.of(new LinkedHashMap<>(Map.of(".text", code.getBytes(UTF_8))));
  }

  private static Octets octets(String text) {
    return Octets.of(text.getBytes(UTF_8));
  }
}
