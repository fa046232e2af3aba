package dev.testudo.vm.initdata;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.VmException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class InitdataAnnotationTest {
  @Test
  void whatIsNoBase64OfGzipIsMalformed() throws IOException {
    assertEquals(Reason.MALFORMED, refusal("not base64!"));
    assertEquals(Reason.MALFORMED, refusal(""));
    assertEquals(Reason.MALFORMED, refusal(base64(new byte[64])));
    var gzip = packed();
    for (var length = 0; length < gzip.length(); length++) {
      assertEquals(Reason.MALFORMED, refusal(gzip.slice(0, length).base64()), "cut at " + length);
    }
  }

  @Test
  void somethingBehindTheFirstMemberIsMalformed() throws IOException {
    var out = new ByteArrayOutputStream();
    out.write(packed().toBytes());
    out.write(packed().toBytes());
    assertEquals(Reason.MALFORMED, refusal(base64(out.toByteArray())));
  }

  @Test
  void aWrongChecksumOrLengthIsMalformed() throws IOException {
    for (var back : new int[] {1, 4, 5, 8}) {
      var gzip = packed().toBytes();
      gzip[gzip.length - back] ^= 1;
      assertEquals(Reason.MALFORMED, refusal(base64(gzip)));
    }
  }

  @Test
  void theSameDocumentGivesTheSameAnnotation() throws IOException {
    assertEquals(packed(), packed());
    assertEquals("1f8b08000000000000ff", packed().slice(0, 10).hex(), "no time, no system");
  }

  @Test
  void aNameInTheHeaderIsSkipped() throws IOException {
    var gzip = packed().toBytes();
    gzip[3] = 8;
    var out = new ByteArrayOutputStream();
    out.write(gzip, 0, 10);
    out.write("initdata.toml\0".getBytes(US_ASCII));
    out.write(gzip, 10, gzip.length - 10);
    assertEquals(Map.of(), InitdataAnnotation.decode(base64(out.toByteArray())).data());
  }

  @Test
  void aBombIsStoppedAtTheLimit() throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      for (var i = 0; i < 64; i++) {
        gzip.write(new byte[1 << 20]);
      }
    }
    assertEquals(Reason.TOO_LARGE, refusal(base64(out.toByteArray())));
    assertEquals(Reason.TOO_LARGE, refusal("A".repeat(InitdataAnnotation.MOST_CHARACTERS + 1)));
  }

  private static Octets packed() throws IOException {
    var initdata = Initdata.of(InitdataAlgorithm.SHA256, Map.of());
    return Octets.ofBase64(InitdataAnnotation.encode(initdata));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static Reason refusal(String annotation) {
    return assertThrows(VmException.class, () -> InitdataAnnotation.decode(annotation)).reason();
  }
}
