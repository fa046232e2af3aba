package dev.testudo.cli.vm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.cli.vm.ImageDifferences.Difference;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.cpio.CpioEntry;
import dev.testudo.vm.cpio.CpioKind;
import dev.testudo.vm.pe.PeFile;
import dev.testudo.vm.pe.UkiSection;
import dev.testudo.vm.pe.UkiWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// In what two VM images differ.
class ImageDifferencesTest {
  private static final Path STUB = Path.of("/usr/lib/systemd/boot/efi/linuxx64.efi.stub");

  private static Octets octets(String text) {
    return Octets.of(text.getBytes(UTF_8));
  }

  private static CpioEntry file(String path, String content, int mode) {
    return new CpioEntry(path, new CpioKind.File(octets(content)), mode, 0, 0, 0);
  }

  private static PeFile image(String commandLine, String kernel, CpioEntry... files)
      throws Exception {
    var stub = Octets.of(Files.readAllBytes(STUB));
    var sections =
        Map.of(
            UkiSection.CMDLINE, octets(commandLine),
            UkiSection.LINUX, octets(kernel),
            UkiSection.INITRD, Initrd.write(List.of(files)));
    return PeFile.read("image", UkiWriter.write(stub, sections));
  }

  @Test
  void imagesOfTheSameInputsDoNotDiffer() throws Exception {
    var one = image("a", "kernel", file("init", "1", 0755));
    var other = image("a", "kernel", file("init", "1", 0755));
    assertEquals(List.of(), ImageDifferences.between(one, other));
  }

  @Test
  void eachFileThatDiffersIsNamed() throws Exception {
    var one = image("a", "kernel", file("a", "1", 0644), file("b", "1", 0644), file("c", "", 0644));
    var other =
        image("a", "kernel", file("a", "2", 0644), file("b", "1", 0600), file("d", "", 0644));
    assertEquals(
        List.of(
            new Difference(".initrd", "/a", "content"),
            new Difference(".initrd", "/b", "mode 0644 and 0600"),
            new Difference(".initrd", "/c", "only in the first"),
            new Difference(".initrd", "/d", "only in the second")),
        ImageDifferences.between(one, other));
  }

  @Test
  void wordsOfTheCommandLineAndTheKernelAreCompared() throws Exception {
    var init = file("init", "1", 0755);
    assertEquals(
        List.of(
            new Difference(".cmdline", "b", "only in the first"),
            new Difference(".cmdline", "c", "only in the second"),
            new Difference(".linux", "", "content")),
        ImageDifferences.between(image("a b", "kernel", init), image("a c", "other", init)));
    assertEquals(
        List.of(new Difference(".cmdline", "", "order or number of words")),
        ImageDifferences.between(image("a b", "kernel", init), image("b a", "kernel", init)));
  }
}
