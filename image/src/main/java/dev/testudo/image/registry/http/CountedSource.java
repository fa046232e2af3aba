package dev.testudo.image.registry.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// Publishes an [HttpBody] and counts what the network has taken of it. A failure of the source is
/// kept, because the HTTP client would report it as one of the connection.
final class CountedSource {
  private final HttpBody body;
  private final AtomicLong taken = new AtomicLong();
  private final AtomicReference<IOException> failure = new AtomicReference<>();

  CountedSource(HttpBody body) {
    this.body = body;
  }

  BodyPublisher publisher() {
    if (body.length() == 0) {
      return BodyPublishers.noBody();
    }
    return BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(this::open), body.length());
  }

  /// Returns how many bytes have been taken, and whether those are all.
  long taken() {
    return taken.get();
  }

  boolean isComplete() {
    return taken.get() >= body.length();
  }

  /// Returns why the source could not be read, if that happened.
  Optional<IOException> failure() {
    return Optional.ofNullable(failure.get());
  }

  private InputStream open() {
    try {
      return new Counting(body.source().open());
    } catch (IOException e) {
      failure.set(e);
      throw new UncheckedIOException(e);
    }
  }

  private final class Counting extends InputStream {
    private final InputStream in;
    private long left = body.length();

    Counting(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      try {
        var count = in.read(bytes, offset, (int) Math.min(length, left));
        if (count < 0) {
          throw new EOFException("%d bytes are missing at the end of the blob".formatted(left));
        }
        left -= count;
        taken.addAndGet(count);
        return count;
      } catch (IOException e) {
        failure.set(e);
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
