package dev.testudo.shield.relay;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.shield.tls.TlsEngine;
import dev.testudo.shield.tls.TlsEngine.Need;
import dev.testudo.shield.tls.TlsEngine.Progress;
import dev.testudo.shield.tls.TlsFailure;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/// The direction from the peer to the program: reads records, decrypts them, and writes
/// the plaintext.
final class Decrypting {
  /// How many replies may wait while the peer does not read. A peer that requests more tries to
  /// fill the shield's memory (RFC 8446 §4.6.3 sets no limit).
  private static final int MAX_OWED = 32;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Buffers buffers;
  private final TlsEngine engine;
  private final Leg net;
  private final Leg local;

  /// Bytes that are not decrypted yet: at first what followed the handshake, later an
  /// incomplete record.
  private byte[] rest;

  /// Whether `rest` holds bytes that no step has tried to decrypt.
  private boolean fresh;

  private boolean ended;
  private int owed;

  /// Written by the loop's thread only, read by any thread.
  private final AtomicLong bytes = new AtomicLong();

  Decrypting(Buffers buffers, TlsEngine engine, Leg net, Leg local, byte[] rest) {
    this.buffers = buffers;
    this.engine = engine;
    this.net = net;
    this.local = local;
    this.rest = rest;
    this.fresh = rest.length > 0;
  }

  /// Returns the number of bytes delivered to the program.
  long bytes() {
    return bytes.getOpaque();
  }

  /// Returns whether the peer has sent `close_notify`.
  boolean ended() {
    return ended;
  }

  /// Returns whether a step would make progress now.
  boolean ready() {
    return !ended && local.idle() && (net.readable() || fresh);
  }

  /// Carries one portion. While the program is slow, nothing is read, so TCP flow control stops
  /// the peer.
  void step() throws TlsFailure, ErrnoException {
    if (!local.flush() || !ready()) {
      return;
    }
    var in = buffers.take();
    try {
      in.put(rest);
      int count = net.read(in, buffers.portion());
      if (count > 0 || fresh) {
        fresh = false;
        open(in.flip());
      }
      if (count < 0 && !ended) {
        throw new TlsFailure("peer ended the connection without close_notify");
      }
    } finally {
      buffers.give(in);
    }
  }

  private void open(ByteBuffer in) throws TlsFailure, ErrnoException {
    var out = buffers.take();
    var progress = Progress.PAUSED;
    try {
      while (progress == Progress.PAUSED) {
        progress = engine.unwrap(in, out);
        serve(progress);
      }
    } finally {
      // Also after a failure: the data before the bad record is valid and goes to the program.
      bytes.setOpaque(bytes.getPlain() + out.position());
      local.send(out.flip());
    }
    rest = Handshake.remaining(in);
    if (progress == Progress.ENDED) {
      ended = true;
      local.finish();
    }
  }

  /// Runs the engine's tasks and replies to key updates. A reply waits if the peer does not read.
  private void serve(Progress progress) throws TlsFailure, ErrnoException {
    if (engine.need() == Need.TASK) {
      engine.runTask();
    }
    if (progress == Progress.PAUSED && engine.need() == Need.OUTPUT) {
      owed++;
      reply();
      if (owed > MAX_OWED) {
        throw new TlsFailure("peer asks for key updates and does not read the replies");
      }
    }
  }

  /// Sends pending output of the engine, if the peer takes it.
  void reply() throws TlsFailure, ErrnoException {
    if (engine.need() == Need.OUTPUT && net.flush()) {
      owed = 0;
      var out = buffers.take();
      try {
        engine.wrap(NOTHING, out);
      } finally {
        net.send(out.flip());
      }
    }
  }
}
