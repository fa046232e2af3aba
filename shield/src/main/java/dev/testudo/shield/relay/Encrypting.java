package dev.testudo.shield.relay;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.shield.tls.TlsEngine;
import dev.testudo.shield.tls.TlsEngine.Progress;
import dev.testudo.shield.tls.TlsFailure;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/// The direction from the program to the peer: reads bytes, encrypts them into full records, and
/// sends those. It sends what one read returns at once and never waits for more.
final class Encrypting {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Buffers buffers;
  private final TlsEngine engine;
  private final Leg net;
  private final Leg local;
  private boolean ended;

  /// Written by the loop's thread only, read by any thread.
  private final AtomicLong bytes = new AtomicLong();

  Encrypting(Buffers buffers, TlsEngine engine, Leg net, Leg local) {
    this.buffers = buffers;
    this.engine = engine;
    this.net = net;
    this.local = local;
  }

  /// Returns the number of bytes taken from the program.
  long bytes() {
    return bytes.getOpaque();
  }

  /// Returns whether the program has ended its direction.
  boolean ended() {
    return ended;
  }

  /// Returns whether a step would make progress now.
  boolean ready() {
    return !ended && net.idle() && local.readable();
  }

  /// Carries one portion. While the peer is slow, nothing is read, so the program's writes block as
  /// they would without the shield.
  void step() throws TlsFailure, ErrnoException {
    if (!net.flush() || !ready()) {
      return;
    }
    var in = buffers.take();
    try {
      int count = local.read(in, buffers.portion());
      if (count > 0) {
        bytes.setOpaque(bytes.getPlain() + count);
        seal(in.flip());
      } else if (count < 0) {
        end();
      }
    } finally {
      buffers.give(in);
    }
  }

  private void seal(ByteBuffer in) throws TlsFailure, ErrnoException {
    var out = buffers.take();
    try {
      while (in.hasRemaining()) {
        var progress = engine.wrap(in, out);
        if (progress == Progress.FULL) {
          throw new IllegalStateException("the records of one portion exceed a buffer");
        }
        if (progress == Progress.ENDED) {
          // In TLS 1.2, close_notify ends both directions.
          throw new TlsFailure("peer has closed the connection and accepts no more data");
        }
      }
    } finally {
      net.send(out.flip());
    }
  }

  /// Sends `close_notify`, and only then FIN.
  private void end() throws TlsFailure, ErrnoException {
    ended = true;
    engine.closeOutbound();
    var out = buffers.take();
    try {
      engine.wrap(NOTHING, out);
    } finally {
      net.send(out.flip());
    }
    net.finish();
  }
}
