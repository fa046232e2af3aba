package dev.testudo.fuzz;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.MeasurementHash;
import dev.testudo.vm.VmException;
import dev.testudo.vm.measure.BootPath;
import dev.testudo.vm.measure.tdx.TdxUkiBoot;
import dev.testudo.vm.measure.tpm.UkiPcrs;
import dev.testudo.vm.pe.Authenticode;
import dev.testudo.vm.pe.PeFile;
import dev.testudo.vm.pe.UkiSection;
import dev.testudo.vm.pe.UkiWriter;
import java.util.Map;

/// PE files: kernels, stubs and images. An image that is written has the content that it was given.
public final class PeTarget {
  private static final Octets CONTENT = Octets.of(new byte[] {'q', 'u', 'i', 'e', 't'});

  private PeTarget() {}

  /// Reads one input.
  public static void fuzzerTestOneInput(byte[] input) {
    var bytes = Octets.of(input);
    tolerant(
        () -> {
          var file = PeFile.read("the file", bytes);
          for (var section : file.sections()) {
            file.content(section);
          }
          Authenticode.digest(file, MeasurementHash.SHA256);
        });
    tolerant(() -> measure(PeFile.read("the image", bytes)));
    tolerant(() -> write(bytes));
  }

  private static void measure(PeFile image) throws VmException {
    var pcrs = UkiPcrs.of(image);
    pcrs.pcr9().value();
    pcrs.pcr11().value();
    pcrs.pcr4(BootPath.DIRECT).value();
    new TdxUkiBoot(image, BootPath.DIRECT).rtmr1().value();
  }

  private static void write(Octets stub) throws VmException {
    var written = UkiWriter.write(stub, Map.of(UkiSection.CMDLINE, CONTENT));
    var image = PeFile.read("the image", written);
    var section = image.section(UkiSection.CMDLINE.text()).orElseThrow();
    if (!image.content(section).equals(CONTENT) || written.length() % 8 != 0) {
      throw new AssertionError("an image has not the content that it was given");
    }
  }

  private interface Reading {
    void run() throws VmException;
  }

  private static void tolerant(Reading reading) {
    try {
      reading.run();
    } catch (VmException e) {
      // That is the answer to a malformed file.
    }
  }
}
