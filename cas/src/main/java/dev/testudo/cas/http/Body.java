package dev.testudo.cas.http;

import dev.testudo.cas.admission.HeldBytes;
import dev.testudo.cas.admission.Limit;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.Content;

/// The body of a request. It must be complete within a size and a time limit, and arrive at a
/// minimum rate. The limits apply whether or not bytes arrive.
///
/// @param nanoTime a clock like [System#nanoTime()]
record Body(Content.Source source, LongSupplier nanoTime) {
  private static final long GRACE = TimeUnit.SECONDS.toNanos(5);
  private static final long LOOK = TimeUnit.SECONDS.toNanos(1);

  /// The most bytes beyond the limit that are read and dropped. A client that still writes when the
  /// connection closes may lose the refusal, so it may finish its request first.
  private static final int DROPPED = 4 << 20;

  /// Reads the whole body.
  ///
  /// @param limit the most bytes accepted
  /// @param held counts the bytes in memory
  /// @throws Refused if the body is too large or too slow
  /// @throws IOException if the client is gone
  byte[] read(int limit, Optional<HeldBytes.Holding> held) throws Refused, IOException {
    if (source.getLength() > (long) limit + DROPPED) {
      throw tooLarge(limit);
    }
    var start = nanoTime.getAsLong();
    var out = new ByteArrayOutputStream();
    var arrived = 0;
    while (true) {
      demandPace(nanoTime.getAsLong() - start, arrived);
      var chunk = source.read();
      if (chunk == null) {
        awaitMore(start, arrived);
        continue;
      }
      if (Content.Chunk.isFailure(chunk)) {
        throw failed(chunk.getFailure());
      }
      var bytes = new byte[chunk.remaining()];
      chunk.getByteBuffer().get(bytes);
      var last = chunk.isLast();
      chunk.release();
      arrived += bytes.length;
      if (source.getLength() <= limit && arrived <= limit) {
        out.writeBytes(bytes);
        held.ifPresent(h -> h.add(bytes.length));
      }
      if (arrived > limit && (last || arrived > limit + DROPPED)) {
        throw tooLarge(limit);
      }
      if (last) {
        return out.toByteArray();
      }
    }
  }

  private static void demandPace(long elapsed, int arrived) throws Refused {
    var owed = (elapsed - GRACE) / 1e9 * Limit.BYTES_PER_SECOND.value();
    if (elapsed > Limit.BODY_SECONDS.seconds().toNanos() || arrived < owed) {
      throw new Refused(
          RefusalId.TOO_SLOW,
          "the request must arrive within %d seconds, and no slower than %d bytes a second"
              .formatted(Limit.BODY_SECONDS.value(), Limit.BYTES_PER_SECOND.value()));
    }
  }

  private void awaitMore(long start, int arrived) throws Refused, IOException {
    var more = new CountDownLatch(1);
    source.demand(more::countDown);
    try {
      while (!more.await(LOOK, TimeUnit.NANOSECONDS)) {
        demandPace(nanoTime.getAsLong() - start, arrived);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while reading a request", e);
    }
  }

  private static IOException failed(Throwable failure) throws Refused {
    return switch (failure) {
      case HttpException http ->
          throw new Refused(
              http.getCode() == 408 ? RefusalId.TOO_SLOW : RefusalId.MALFORMED_REQUEST,
              "the body of the request cannot be read");
      case TimeoutException _ ->
          throw new Refused(RefusalId.TOO_SLOW, "the request did not arrive");
      default -> new IOException("the client closed the connection", failure);
    };
  }

  private static Refused tooLarge(int limit) {
    return new Refused(RefusalId.TOO_LARGE, "the request is longer than %d bytes".formatted(limit));
  }
}
