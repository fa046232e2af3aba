package dev.testudo.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.initdata.Initdata;
import dev.testudo.vm.initdata.InitdataAnnotation;
import java.util.Base64;

/// Initdata: as a document, as an annotation, and as what an annotation is in base64. What is read
/// is the same after it was written and read again.
public final class InitdataTarget {
  private InitdataTarget() {}

  /// Reads one input.
  public static void fuzzerTestOneInput(byte[] input) {
    tolerant(
        () -> {
          var read = Initdata.read(Octets.of(input));
          var again = Initdata.of(read.algorithm(), read.data());
          if (!again.data().equals(read.data())) {
            throw new AssertionError("initdata changes when it is written and read again");
          }
        });
    tolerant(() -> InitdataAnnotation.decode(new String(input, ISO_8859_1)));
    tolerant(() -> InitdataAnnotation.decode(Base64.getEncoder().encodeToString(input)));
  }

  private interface Reading {
    void run() throws VmException;
  }

  private static void tolerant(Reading reading) {
    try {
      reading.run();
    } catch (VmException e) {
      // That is the answer to malformed initdata.
    }
  }
}
