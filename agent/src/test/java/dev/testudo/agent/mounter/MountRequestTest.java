package dev.testudo.agent.mounter;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the node mounter reads of somebody who is not trusted.
class MountRequestTest {
  private static final MountRequest USUAL = new MountRequest("data", "/var/lib/db", 2, 1 << 20);

  @Test
  void aRequestIsReadAsItWasWritten() {
    assertEquals(Optional.of(USUAL), MountRequest.parse(USUAL.write()));
    var unusual = new MountRequest("a-b_c.d", "/ä b/..c", 8, 4096);
    assertEquals(Optional.of(unusual), MountRequest.parse(unusual.write()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "testudo-mount-2|x|/d|1|4096",
        "testudo-mount-1|x|/d|1",
        "testudo-mount-1|x|/d|1|4096|",
        "testudo-mount-1||/d|1|4096",
        "testudo-mount-1|x,suid|/d|1|4096",
        "testudo-mount-1|x||1|4096",
        "testudo-mount-1|x|/|1|4096",
        "testudo-mount-1|x|d|1|4096",
        "testudo-mount-1|x|/d/|1|4096",
        "testudo-mount-1|x|//d|1|4096",
        "testudo-mount-1|x|/d/./e|1|4096",
        "testudo-mount-1|x|/d/../e|1|4096",
        "testudo-mount-1|x|/d|0|4096",
        "testudo-mount-1|x|/d|9|4096",
        "testudo-mount-1|x|/d|-1|4096",
        "testudo-mount-1|x|/d|1|4097",
        "testudo-mount-1|x|/d|1|2048",
        "testudo-mount-1|x|/d|1|9999999999",
        "testudo-mount-1|x|/\u00ff|1|4096",
      })
  void everythingElseIsRefused(String text) {
    assertEquals(
        Optional.empty(), MountRequest.parse(text.replace('|', '\0').getBytes(ISO_8859_1)));
  }

  @Test
  void noBytesAreABug() {
    var random = new Random(5);
    for (int i = 0; i < 100_000; i++) {
      var bytes = USUAL.write();
      for (int change = random.nextInt(4); change >= 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      MountRequest.parse(bytes)
          .ifPresent(read -> assertEquals(Optional.of(read), MountRequest.parse(read.write())));
    }
  }

  @Test
  void anAgentCannotMakeAnother() {
    assertThrows(IllegalArgumentException.class, () -> new MountRequest("x", "/a/..", 1, 4096));
  }
}
