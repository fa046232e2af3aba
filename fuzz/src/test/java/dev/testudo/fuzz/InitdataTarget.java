package dev.testudo.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.initdata.Initdata;
import dev.testudo.vm.initdata.InitdataAnnotation;
import dev.testudo.vm.initdata.InitdataDevice;
import dev.testudo.vm.initdata.LaunchedService;
import java.util.Base64;

/// Initdata: as a document, as an annotation, as what an annotation is in base64, as a block
/// device, and the service in it. What is read is the same after it was written and read again.
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
    tolerant(
        () -> {
          var read = LaunchedService.read(Octets.of(input));
          var again = LaunchedService.read(Octets.of(read.write().getBytes(UTF_8)));
          if (!again.equals(read)) {
            throw new AssertionError("testudo.toml changes when it is written and read again");
          }
        });
    tolerant(() -> device(Octets.of(input)));
    tolerant(() -> InitdataAnnotation.decode(new String(input, ISO_8859_1)));
    tolerant(() -> InitdataAnnotation.decode(Base64.getEncoder().encodeToString(input)));
  }

  private static void device(Octets input) throws VmException {
    var header = input.slice(0, Math.min(InitdataDevice.HEADER, input.length()));
    var length = InitdataDevice.compressedLength(header);
    var rest = input.length() - InitdataDevice.HEADER;
    var read = InitdataDevice.read(input.slice(InitdataDevice.HEADER, Math.min(length, rest)));
    if (read.document().length() > Initdata.MOST_BYTES) {
      throw new AssertionError("the device has more than the limit");
    }
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
