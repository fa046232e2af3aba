package dev.testudo.image.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.Test;

class VerifiedStreamTest {
  private static final byte[] CONTENT = "content".getBytes(UTF_8);
  private static final Descriptor BLOB = Descriptor.of(MediaType.OCI_CONFIG, CONTENT);

  private static VerifiedStream of(String text) {
    return new VerifiedStream(new ByteArrayInputStream(text.getBytes(UTF_8)), BLOB, "here");
  }

  @Test
  void theNamedContentIsRead() throws Exception {
    try (var in = of("content")) {
      assertArrayEquals(CONTENT, in.readAllBytes());
    }
  }

  @Test
  void otherContentIsRefused() {
    for (var text : new String[] {"contend", "conten", "contents", ""}) {
      var refusal = assertThrows(ImageException.class, () -> of(text).readAllBytes(), text);
      assertEquals(ImageFault.WRONG_CONTENT, refusal.fault());
    }
  }

  @Test
  void whoStopsEarlyCanVerifyTheRest() throws Exception {
    try (var in = of("content")) {
      assertEquals('c', in.read());
      in.finish();
    }
    try (var in = of("contend")) {
      assertEquals('c', in.read());
      assertThrows(ImageException.class, in::finish);
    }
  }
}
