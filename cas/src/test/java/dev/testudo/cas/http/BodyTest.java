package dev.testudo.cas.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BodyTest {
  @Test
  void aBodyMayBeAsLongAsItsLimit() throws IOException, Refused {
    var bytes = new byte[20_000];
    assertArrayEquals(bytes, new Body(new ByteArrayInputStream(bytes), () -> 0).read(20_000));
    var longer = new Body(new ByteArrayInputStream(bytes), () -> 0);
    assertEquals(RefusalId.TOO_LARGE, assertThrows(Refused.class, () -> longer.read(19_999)).id());
  }

  @Test
  void aBodyThatTricklesIsGivenUp() {
    var now = new AtomicLong();
    var trickle =
        new InputStream() {
          @Override
          public int read() {
            return 'x';
          }

          @Override
          public int read(byte[] to, int from, int length) {
            now.addAndGet(1_000_000_000);
            to[from] = 'x';
            return 1;
          }
        };
    var e = assertThrows(Refused.class, () -> new Body(trickle, now::get).read(1000));
    assertEquals(RefusalId.TOO_SLOW, e.id());
    assertEquals(31_000_000_000L, now.get());
  }
}
