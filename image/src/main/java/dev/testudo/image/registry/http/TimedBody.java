package dev.testudo.image.registry.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The body of an answer as a stream whose reads have a time limit. The JDK's own stream waits
/// forever for a server that is silent. It holds at most [#AHEAD] pieces of the body, which are of
/// 16 KiB, because it requests the next one when the reader has used one.
///
/// One thread reads.
final class TimedBody extends InputStream implements BodySubscriber<InputStream> {
  private static final int AHEAD = 16;

  private final LinkLimits limits;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Deque<ByteBuffer> piece = new ArrayDeque<>();
  private volatile @Nullable Subscription subscription;
  private volatile boolean closed;
  private boolean ended;
  private long periodStart = System.nanoTime();
  private long periodBytes;

  private sealed interface Event {
    record Piece(List<ByteBuffer> buffers) implements Event {}

    record Failed(Throwable cause) implements Event {}

    record Ended() implements Event {}
  }

  TimedBody(LinkLimits limits) {
    this.limits = limits;
  }

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedStage(this);
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
    if (closed) {
      given.cancel();
    } else {
      given.request(AHEAD);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    events.add(new Event.Piece(buffers));
  }

  @Override
  public void onError(Throwable cause) {
    events.add(new Event.Failed(cause));
  }

  @Override
  public void onComplete() {
    events.add(new Event.Ended());
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (piece.isEmpty() && !ended) {
      take(next());
    }
    if (piece.isEmpty()) {
      return -1;
    }
    var buffer = piece.getFirst();
    var count = Math.min(length, buffer.remaining());
    buffer.get(bytes, offset, count);
    if (!buffer.hasRemaining()) {
      piece.removeFirst();
      if (piece.isEmpty()) {
        request();
      }
    }
    return count;
  }

  private Event next() throws IOException {
    try {
      var event = events.poll(limits.idle().toMillis(), TimeUnit.MILLISECONDS);
      if (event == null) {
        throw slow();
      }
      return event;
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private void take(Event event) throws IOException {
    switch (event) {
      case Event.Ended _ -> ended = true;
      case Event.Failed(var cause) -> {
        close();
        throw new LinkException(LinkFault.CUT, "the connection ended too early", cause);
      }
      case Event.Piece(var buffers) -> {
        for (var buffer : buffers) {
          if (buffer.hasRemaining()) {
            piece.add(buffer);
            periodBytes += buffer.remaining();
          }
        }
        checkPace();
        if (piece.isEmpty()) {
          request();
        }
      }
    }
  }

  private void checkPace() throws LinkException {
    var now = System.nanoTime();
    if (now - periodStart < limits.idle().toNanos()) {
      return;
    }
    if (periodBytes < limits.leastBytes()) {
      throw slow();
    }
    periodStart = now;
    periodBytes = 0;
  }

  private LinkException slow() {
    close();
    return new LinkException(
        LinkFault.SLOW,
        "the server sent fewer than %d bytes in %d s"
            .formatted(limits.leastBytes(), limits.idle().toSeconds()));
  }

  private void request() {
    var current = subscription;
    if (current != null) {
      current.request(1);
    }
  }

  /// Gives up the rest of the body. The connection ends unless the body has been read completely.
  @Override
  public void close() {
    closed = true;
    var current = subscription;
    if (current != null && !ended) {
      current.cancel();
    }
  }
}
