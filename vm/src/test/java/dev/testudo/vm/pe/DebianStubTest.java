package dev.testudo.vm.pe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.evidence.Octets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The stub of systemd as Debian ships it (`systemd-boot-efi`), and the tools of binutils.
class DebianStubTest {
  private static final Path STUB = Path.of("/usr/lib/systemd/boot/efi/linuxx64.efi.stub");
  private static final List<String> ORDER = List.of(".osrel", ".cmdline", ".linux", ".initrd");

  @TempDir private Path folder;
  private Octets stub = Octets.of(new byte[0]);
  private final Map<UkiSection, Octets> parts = new EnumMap<>(UkiSection.class);

  @BeforeEach
  void makeParts() throws IOException {
    var absent = "not run: there is no " + STUB + ", which ./test installs";
    if (System.getenv("CI") != null) {
      assertTrue(Files.exists(STUB), absent);
    }
    Assumptions.assumeTrue(Files.exists(STUB), absent);
    stub = Octets.of(Files.readAllBytes(STUB));
    for (var part : UkiSection.values()) {
      parts.put(part, Octets.of("content of %s ".formatted(part).repeat(999).getBytes(UTF_8)));
    }
  }

  @Test
  void anImageHasTheSectionsThatObjcopyGivesIt() throws Exception {
    var ours = UkiWriter.write(stub, parts);
    var objcopied = PeFile.read("the image of objcopy", objcopied());
    var image = PeFile.read("our image", ours);
    assertEquals(names(objcopied), names(image));
    for (var section : image.sections()) {
      var theirs = objcopied.section(section.name()).orElseThrow();
      assertEquals(content(objcopied, theirs), content(image, section), section.name());
    }
    for (var section : PeFile.read("the stub", stub).sections()) {
      var kept = image.section(section.name()).orElseThrow();
      assertEquals(section.address(), kept.address());
      assertEquals(section.characteristics(), kept.characteristics());
    }
  }

  /// Objcopy counts the padding of a section to its content.
  private static String content(PeFile file, PeSection section) {
    var text = new String(file.content(section).toBytes(), ISO_8859_1);
    return text.replaceFirst("\0+$", "");
  }

  private static List<String> names(PeFile file) {
    return file.sections().stream().map(PeSection::name).sorted().toList();
  }

  private Octets objcopied() throws Exception {
    var words = new ArrayList<>(List.of("objcopy"));
    var address = 0x100000;
    for (var part : UkiSection.values()) {
      var file = Files.write(folder.resolve(part.text()), parts.get(part).toBytes());
      words.add("--add-section");
      words.add(part.text() + "=" + file);
      words.add("--change-section-vma");
      words.add("%s=0x%x".formatted(part.text(), address));
      address += 0x100000;
    }
    var image = folder.resolve("uki.efi");
    words.addAll(List.of(STUB.toString(), image.toString()));
    run(words);
    return Octets.of(Files.readAllBytes(image));
  }

  @Test
  void objdumpReadsTheImageAndFindsNothingToComplainAbout() throws Exception {
    var image = Files.write(folder.resolve("ours.efi"), UkiWriter.write(stub, parts).toBytes());
    var lines = run(List.of("objdump", "-h", image.toString())).lines().toList();
    var found =
        lines.stream()
            .map(line -> line.strip().split(" +"))
            .filter(words -> words.length > 2 && ORDER.contains(words[1]))
            .map(words -> words[1] + " " + Integer.parseInt(words[2], 16))
            .toList();
    assertEquals(
        Arrays.stream(UkiSection.values())
            .map(part -> part.text() + " " + parts.get(part).length())
            .toList(),
        found);
  }

  private String run(List<String> words) throws Exception {
    var output = folder.resolve("output");
    var process =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), words::toString);
      assertEquals(0, process.exitValue(), Files.readString(output));
      return Files.readString(output);
    } finally {
      process.destroyForcibly();
    }
  }
}
