package dev.testudo.cas.http;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/// What a client sends after its headers. It must come to an end, in bytes and in time: a client
/// that sends a byte now and then would otherwise hold its place for hours.
///
/// @param nanoTime a clock as [System#nanoTime()]
record Body(InputStream in, LongSupplier nanoTime) {
  /// How long a body may take.
  static final Duration DEADLINE = Duration.ofSeconds(30);

  /// All of it, if that is `limit` bytes at most.
  byte[] read(int limit) throws Refused, IOException {
    var start = nanoTime.getAsLong();
    var out = new ByteArrayOutputStream();
    var buffer = new byte[8192];
    for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      if (nanoTime.getAsLong() - start > DEADLINE.toNanos()) {
        throw new Refused(
            RefusalId.TOO_SLOW,
            "the request did not arrive within %d seconds".formatted(DEADLINE.toSeconds()));
      }
      if (out.size() + n > limit) {
        throw new Refused(
            RefusalId.TOO_LARGE, "the request is longer than %d bytes".formatted(limit));
      }
      out.write(buffer, 0, n);
    }
    return out.toByteArray();
  }
}
