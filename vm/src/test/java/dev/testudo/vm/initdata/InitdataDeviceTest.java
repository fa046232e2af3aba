package dev.testudo.vm.initdata;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.VmException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InitdataDeviceTest {
  @Test
  void theDocumentIsReadFromTheDevice() throws VmException {
    var initdata = Initdata.of(InitdataAlgorithm.SHA256, Map.of("a", "b"));
    var gzip = Octets.ofBase64(InitdataAnnotation.encode(initdata));
    var header = header("initdata", gzip.length());
    assertTrue(InitdataDevice.isOne(header));
    assertEquals(gzip.length(), InitdataDevice.compressedLength(header));
    assertEquals(initdata.document(), InitdataDevice.read(gzip).document());
  }

  @Test
  void anotherDeviceIsNone() {
    var other = header("squashfs", 1);
    assertFalse(InitdataDevice.isOne(other));
    assertEquals(Reason.MALFORMED, refusal(other));
    assertFalse(InitdataDevice.isOne(Octets.of("init".getBytes(US_ASCII))));
    assertEquals(Reason.MALFORMED, refusal(header("initdata", 1).slice(0, 12)));
  }

  @Test
  void aLengthBeyondTheLimitIsRefusedBeforeAnythingIsRead() {
    assertEquals(
        Reason.TOO_LARGE, refusal(header("initdata", InitdataAnnotation.MOST_CHARACTERS + 1L)));
    assertEquals(Reason.TOO_LARGE, refusal(header("initdata", Long.MAX_VALUE)));
    assertEquals(Reason.MALFORMED, refusal(header("initdata", -1)));
  }

  private static Reason refusal(Octets header) {
    return assertThrows(VmException.class, () -> InitdataDevice.compressedLength(header)).reason();
  }

  private static Octets header(String magic, long length) {
    var bytes = ByteBuffer.allocate(InitdataDevice.HEADER).order(ByteOrder.LITTLE_ENDIAN);
    return Octets.of(bytes.put(magic.getBytes(US_ASCII)).putLong(length).array());
  }
}
