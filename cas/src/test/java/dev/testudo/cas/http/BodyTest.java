package dev.testudo.cas.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.content.AsyncContent;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BodyTest {
  private static byte[] read(Content.Source source, int limit) throws IOException, Refused {
    return new Body(source, () -> 0).read(limit, Optional.empty());
  }

  @Test
  void aBodyMayBeAsLongAsItsLimit() throws IOException, Refused {
    var bytes = new byte[20_000];
    assertArrayEquals(bytes, read(Content.Source.from(ByteBuffer.wrap(bytes)), 20_000));
    var longer = Content.Source.from(ByteBuffer.wrap(bytes));
    assertEquals(RefusalId.TOO_LARGE, assertThrows(Refused.class, () -> read(longer, 19_999)).id());
  }

  @Test
  void aBodyThatIsTooLongIsReadToItsEndSoThatTheClientHearsOfIt() {
    var source = new AsyncContent();
    for (var i = 0; i < 100; i++) {
      source.write(i == 99, ByteBuffer.wrap(new byte[1000]), Callback.NOOP);
    }
    assertEquals(RefusalId.TOO_LARGE, assertThrows(Refused.class, () -> read(source, 1000)).id());
    assertEquals(0, source.read().remaining());
    assertTrue(source.read().isLast());
  }

  @Test
  void aBodyWithoutEndIsNotReadToItsEnd() {
    var endless = new AsyncContent();
    for (var i = 0; i < 100; i++) {
      endless.write(false, ByteBuffer.wrap(new byte[100_000]), Callback.NOOP);
    }
    assertEquals(RefusalId.TOO_LARGE, assertThrows(Refused.class, () -> read(endless, 1000)).id());
    assertFalse(endless.read().isLast());
  }

  @Test
  void aBodyThatTricklesIsGivenUp() {
    var now = new AtomicLong();
    var source = new AsyncContent();
    source.write(false, ByteBuffer.wrap(new byte[1000]), Callback.NOOP);
    var body =
        new Body(
            source,
            () -> {
              source.write(false, ByteBuffer.wrap(new byte[100]), Callback.NOOP);
              return now.addAndGet(TimeUnit.SECONDS.toNanos(1) / 2);
            });
    var e = assertThrows(Refused.class, () -> body.read(100_000, Optional.empty()));
    assertEquals(RefusalId.TOO_SLOW, e.id());
  }

  @Test
  void aBodyThatNeverComesIsGivenUpWithoutAByteArriving() {
    var now = new AtomicLong();
    var body = new Body(new AsyncContent(), () -> now.addAndGet(TimeUnit.SECONDS.toNanos(2)));
    var e = assertThrows(Refused.class, () -> body.read(1000, Optional.empty()));
    assertEquals(RefusalId.TOO_SLOW, e.id());
  }
}
