package dev.testudo.vm.measure.tpm;

import static dev.testudo.vm.MeasurementHash.SHA256;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.measure.BootPath;
import dev.testudo.vm.measure.MeasuredEvent;
import dev.testudo.vm.measure.MeasuredRegister;
import dev.testudo.vm.measure.UkiParts;
import dev.testudo.vm.pe.Authenticode;
import dev.testudo.vm.pe.PeFile;
import dev.testudo.vm.pe.UkiSection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/// The PCRs of SHA-256 that a machine has after it booted a unified kernel image with the stub of
/// systemd 252. Other versions measure further sections, so an image with another stub is refused.
///
/// PCR 11 follows from the image alone. It identifies the image only together with the program that
/// the firmware started, because that program extends it. PCR 4 depends on the boot order of
/// the machine as well, and PCR 9 on the kernel's version: Linux 6.1 was compared. PCRs 12, 13 and
/// 14 are zero unless somebody hands something to the image from outside.
public final class UkiPcrs {
  private static final int STUB = 252;

  /// What the stub measures, in its order (systemd 252, `src/boot/efi/stub.c`).
  private static final List<UkiSection> MEASURED =
      List.of(UkiSection.LINUX, UkiSection.OSREL, UkiSection.CMDLINE, UkiSection.INITRD);

  /// Sections that have a meaning for stubs, and for which no rule was compared.
  private static final Set<String> OTHER_SECTIONS =
      Set.of(
          ".splash",
          ".dtb",
          ".pcrsig",
          ".pcrpkey",
          ".uname",
          ".ucode",
          ".profile",
          ".dtbauto",
          ".hwids",
          ".efifw");

  private final PeFile image;
  private final UkiParts parts;

  private UkiPcrs(PeFile image, UkiParts parts) {
    this.image = image;
    this.parts = parts;
  }

  /// Takes an image.
  ///
  /// @throws VmException if it is no unified kernel image, or one whose stub or sections are
  ///     measured by other rules
  public static UkiPcrs of(PeFile image) throws VmException {
    var version = StubVersion.of(image);
    if (version.major() != STUB) {
      throw VmException.unsupported(
          "the image has the stub of systemd %d; what the stub of systemd %d measures is known"
              .formatted(version.major(), STUB));
    }
    for (var section : image.sections()) {
      if (OTHER_SECTIONS.contains(section.name())) {
        throw VmException.unsupported(
            "the image has a section %s, of which it is not known how it is measured"
                .formatted(section.name()));
      }
    }
    return new UkiPcrs(image, UkiParts.of(image));
  }

  /// Returns PCR 4: how the firmware came to the image, the image, and the kernel in it, which the
  /// stub lets the firmware load.
  public MeasuredRegister pcr4(BootPath path) throws VmException {
    var events = new ArrayList<>(path.events(SHA256));
    events.add(new MeasuredEvent("image", Authenticode.digest(image, SHA256)));
    var kernel = PeFile.read("the kernel of the image", parts.kernel());
    events.add(new MeasuredEvent("kernel", Authenticode.digest(kernel, SHA256)));
    return new MeasuredRegister(SHA256, events);
  }

  /// Returns PCR 9: command line and initrd, as the kernel measures them.
  public MeasuredRegister pcr9() {
    return new MeasuredRegister(
        SHA256,
        List.of(
            MeasuredEvent.loadOptions(parts.commandLine(), SHA256),
            MeasuredEvent.of("initrd", parts.initrd(), SHA256)));
  }

  /// Returns PCR 11: for each section its name, with a NUL, and its content.
  public MeasuredRegister pcr11() throws VmException {
    var events = new ArrayList<MeasuredEvent>();
    for (var one : MEASURED) {
      var section = image.section(one.text());
      if (section.isPresent()) {
        events.add(name(one));
        events.add(MeasuredEvent.of(one.text(), image.content(section.get()), SHA256));
      }
    }
    return new MeasuredRegister(SHA256, events);
  }

  /// Returns what policies name of an image: the hash of the file as Authenticode has it (`uki`),
  /// and of its sections, in the order in which they are measured.
  public SequencedMap<String, Octets> parts() throws VmException {
    var parts = new LinkedHashMap<String, Octets>();
    parts.put("uki", Authenticode.digest(image, SHA256));
    for (var one : MEASURED) {
      var section = image.section(one.text());
      if (section.isPresent()) {
        var event = MeasuredEvent.of(one.text(), image.content(section.get()), SHA256);
        parts.put(one.text().substring(1), event.digest());
      }
    }
    return parts;
  }

  private static MeasuredEvent name(UkiSection section) {
    var name = Octets.of((section.text() + '\0').getBytes(US_ASCII));
    return MeasuredEvent.of("name " + section.text(), name, SHA256);
  }
}
