package dev.testudo.vm.initdata;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;

/// The annotation by which a pod carries initdata to Kata's runtime: base64 of gzip of the
/// document. Its digest is that of the document, so how it is compressed does not matter.
public final class InitdataAnnotation {
  /// The name of the annotation.
  public static final String NAME = "io.katacontainers.config.hypervisor.cc_init_data";

  /// The most characters: as many as Kubernetes accepts for all annotations of an object together.
  public static final int MOST_CHARACTERS = 256 << 10;

  private InitdataAnnotation() {}

  /// Returns the value of the annotation.
  ///
  /// @throws VmException if it is longer than Kubernetes accepts
  public static String encode(Initdata initdata) throws VmException {
    var compressed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(compressed)) {
      gzip.write(initdata.document().toBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written", e);
    }
    var text = Base64.getEncoder().encodeToString(compressed.toByteArray());
    checkLength(text);
    return text;
  }

  /// Checks that there is an annotation for a document.
  ///
  /// @throws VmException if it is longer than Kubernetes accepts
  public static void requireFits(Initdata initdata) throws VmException {
    checkLength(encode(initdata));
  }

  /// Reads the value of an annotation.
  ///
  /// @throws VmException if it is no base64 of gzip of initdata, or exceeds a limit
  public static Initdata decode(String text) throws VmException {
    checkLength(text);
    byte[] compressed;
    try {
      compressed = Base64.getDecoder().decode(text.strip().getBytes(US_ASCII));
    } catch (IllegalArgumentException e) {
      throw VmException.malformed("the annotation %s is not base64".formatted(NAME));
    }
    return Initdata.read(GzipMember.unpack(Octets.of(compressed), Initdata.MOST_BYTES));
  }

  private static void checkLength(String text) throws VmException {
    if (text.length() > MOST_CHARACTERS) {
      throw VmException.tooLarge(
          "the annotation %s has %d characters; %d are the most"
              .formatted(NAME, text.length(), MOST_CHARACTERS));
    }
  }
}
