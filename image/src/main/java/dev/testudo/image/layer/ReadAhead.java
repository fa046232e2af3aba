package dev.testudo.image.layer;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/// Reads a stream ahead in a thread of its own, so that a layer is decompressed on one processor
/// while its content is hashed on another. It holds at most [#CHUNKS] chunks. Use it in one thread;
/// interrupting this thread ends a read.
final class ReadAhead extends InputStream {
  private static final int CHUNK = 1 << 17;
  private static final int CHUNKS = 6;
  private static final long END_MILLIS = 10_000;

  private final InputStream in;
  private final BlockingQueue<Chunk> full = new ArrayBlockingQueue<>(CHUNKS);
  private final BlockingQueue<Chunk> free = new ArrayBlockingQueue<>(CHUNKS);
  private final Thread reader;
  private Chunk current = new Chunk(0);

  /// A part of the stream, or its end. One thread at a time has it.
  private static final class Chunk {
    private final byte[] bytes;
    private int position;
    private int length;
    private boolean last;
    private @Nullable Throwable failure;

    Chunk(int size) {
      bytes = new byte[size];
    }

    /// Reads the next part. A bug of ours, too, belongs into the thread that wants the bytes.
    void fill(InputStream in) {
      try {
        position = 0;
        length = in.readNBytes(bytes, 0, bytes.length);
        last = length == 0;
      } catch (IOException | RuntimeException | Error e) {
        last = true;
        failure = e;
      }
    }
  }

  /// Begins to read.
  ///
  /// @param in is closed with this stream, and not used otherwise before the end of this stream
  ReadAhead(InputStream in) {
    this.in = in;
    for (var i = 0; i < CHUNKS; i++) {
      free.add(new Chunk(CHUNK));
    }
    this.reader =
        Thread.ofPlatform()
            .daemon()
            .name(Thread.currentThread().getName() + "-ahead")
            .start(this::readAll);
  }

  private void readAll() {
    try {
      Chunk chunk;
      do {
        chunk = free.take();
        chunk.fill(in);
        full.put(chunk);
      } while (!chunk.last);
    } catch (InterruptedException e) {
      // The stream was closed early: nobody waits for a chunk.
    }
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!current.last && current.position == current.length) {
      advance();
    }
    if (current.last) {
      return end();
    }
    var count = Math.min(length, current.length - current.position);
    System.arraycopy(current.bytes, current.position, buffer, offset, count);
    current.position += count;
    return count;
  }

  private void advance() throws InterruptedIOException {
    try {
      var next = full.take();
      if (current.length > 0) {
        free.add(current);
      }
      current = next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private int end() throws IOException {
    return switch (current.failure) {
      case IOException failed -> throw failed;
      case RuntimeException bug -> throw bug;
      case Error bug -> throw bug;
      case null -> -1;
      case Throwable other -> throw new AssertionError(other);
    };
  }

  /// Ends the thread and closes the stream. If the end has not been read, this interrupts a read.
  @Override
  public void close() throws IOException {
    if (!current.last) {
      reader.interrupt();
    }
    try {
      reader.join(END_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    in.close();
  }
}
