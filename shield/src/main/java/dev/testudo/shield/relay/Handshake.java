package dev.testudo.shield.relay;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.shield.loop.Timer;
import dev.testudo.shield.tls.TlsEngine;
import dev.testudo.shield.tls.TlsEngine.Progress;
import dev.testudo.shield.tls.TlsFailure;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/// A TLS handshake on a connected leg, from its first byte to a result or the deadline. Long
/// computations, and those beyond one round's share, run on other threads so that they do not
/// delay traffic.
final class Handshake implements Leg.Owner {
  /// Receives the result of a handshake, exactly once, on the loop's thread. The receiver owns the
  /// leg from then on.
  interface Outcome {
    /// Called when the peer is one that the rule permits. `rest` is what it sent after the
    /// handshake, still encrypted.
    void established(Optional<String> peerName, byte[] rest);

    /// Returns whether the peer may be sent something. Once it has the shield's messages, it may
    /// take itself for connected. On false, the handshake waits for [#goOn].
    default boolean mayAnswer() {
      return true;
    }

    /// Called on failure. The leg is closed, or sends a last alert and closes. `heard` tells
    /// whether the peer sent anything.
    void failed(String reason, boolean heard);
  }

  private static final byte[] EMPTY = new byte[0];
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /// TLS record types that a peer may send first: alert, handshake (RFC 8446 §5.1).
  private static final int ALERT = 21;

  private static final int HANDSHAKE = 22;

  private final EventLoop loop;
  private final Leg leg;
  private final TlsEngine engine;
  private final Executor tasks;
  private final Outcome outcome;
  private final Duration time;
  private final Duration silence;
  private Timer deadline;

  /// Bytes that are not processed yet: at most one record, and what came after the last one.
  private byte[] rest = EMPTY;

  private final long began = System.nanoTime();

  /// Whether the handshake waits for the peer. The listener's thread reads it too.
  private volatile boolean awaitsPeer = true;

  private boolean hungry = true;
  private boolean heard;
  private boolean computing;

  /// Whether the handshake waits for [#goOn].
  private boolean parked;

  private boolean over;

  private Handshake(
      RelayContext context,
      EventLoop loop,
      Leg leg,
      TlsEngine engine,
      Duration silence,
      Outcome outcome) {
    this.loop = loop;
    this.leg = leg;
    this.engine = engine;
    this.tasks = context.tasks();
    this.outcome = outcome;
    this.time = context.limits().handshakeTime();
    this.silence = silence;
    this.deadline = silence.equals(time) ? limit() : silenceLimit();
  }

  private Timer limit() {
    var reason = "the TLS handshake took longer than %d ms".formatted(time.toMillis());
    return loop.after(time, () -> drop(reason));
  }

  private Timer silenceLimit() {
    var reason =
        ("peer accepted the connection but sent nothing for %d s: it may not speak TLS, or the"
                + " accept queue of its program may be full")
            .formatted(silence.toSeconds());
    return loop.after(silence, () -> drop(reason));
  }

  /// Starts a handshake on a connected leg. `outcome` is called after this method has returned.
  ///
  /// @param silence how long the peer may send nothing
  static Handshake begin(
      RelayContext context,
      EventLoop loop,
      Leg leg,
      TlsEngine engine,
      Duration silence,
      Outcome outcome) {
    var handshake = new Handshake(context, loop, leg, engine, silence, outcome);
    leg.hand(handshake);
    leg.schedule();
    return handshake;
  }

  /// Continues now that the peer may be answered. Safe to call from any thread.
  void goOn() {
    loop.execute(
        () -> {
          if (parked && !over) {
            parked = false;
            deadline = limit();
            leg.schedule();
          }
        });
  }

  /// Returns the time since the handshake began. Safe to call from any thread.
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /// Returns whether the handshake waits for the peer. Safe to call from any thread.
  boolean awaitsPeer() {
    return awaitsPeer;
  }

  /// Drops the handshake. Safe to call from any thread.
  void cancel(String reason) {
    loop.execute(() -> drop(reason));
  }

  @Override
  public boolean turn() {
    try {
      boolean on = true;
      awaitsPeer = false;
      while (on && !computing && !over && leg.flush()) {
        on = step();
      }
      awaitsPeer = !computing && !over;
    } catch (TlsFailure e) {
      refuse(e.reason());
    } catch (ErrnoException e) {
      drop("the connection broke during the TLS handshake: " + e.getMessage());
    }
    return false;
  }

  /// Takes one step. Returns false if the handshake waits for the peer.
  private boolean step() throws TlsFailure, ErrnoException {
    return switch (engine.need()) {
      case OUTPUT -> outcome.mayAnswer() ? produce() : park();
      case INPUT -> consume();
      case STEP -> loop.mayCompute() ? computeHere() : compute();
      case TASK -> compute();
      case NOTHING -> finish();
    };
  }

  /// Suspends the deadline while the peer waits for a place in the accept queue, because the
  /// kernel's own queue has no deadline either. Notices a peer that hangs up.
  private boolean park() {
    if (!parked) {
      parked = true;
      deadline.cancel();
    }
    return leg.hungUp() && lost("peer hung up while it waited for a place in the accept queue");
  }

  private boolean produce() throws TlsFailure, ErrnoException {
    var out = loop.buffers().take();
    Progress progress;
    try {
      progress = engine.wrap(NOTHING, out);
    } catch (TlsFailure e) {
      loop.buffers().give(out);
      throw e;
    }
    leg.send(out.flip());
    return progress != Progress.ENDED || lost("the TLS engine ended the handshake");
  }

  private boolean consume() throws TlsFailure, ErrnoException {
    var in = loop.buffers().take();
    var plain = loop.buffers().take();
    try {
      in.put(rest);
      if (hungry) {
        int count = leg.read(in, Buffers.PORTION);
        if (count <= 0) {
          return count == 0 ? false : lost("peer closed the connection during the TLS handshake");
        }
        checkFirst(in);
      }
      var progress = engine.unwrap(in.flip(), plain);
      rest = remaining(in);
      hungry = progress == Progress.STARVED;
      return progress != Progress.ENDED || lost("peer ended the TLS handshake");
    } finally {
      loop.buffers().give(in);
      loop.buffers().give(plain);
    }
  }

  private void checkFirst(ByteBuffer in) throws TlsFailure {
    if (!heard) {
      heard = true;
      if (!silence.equals(time)) {
        deadline.cancel();
        deadline = limit();
      }
      int type = in.get(0);
      if (type != HANDSHAKE && type != ALERT) {
        throw new TlsFailure("peer does not speak TLS");
      }
    }
  }

  /// Computes a short step at once: handing it to the pool would cost as much again.
  private boolean computeHere() {
    engine.runTask();
    return true;
  }

  private boolean compute() {
    computing = true;
    try {
      tasks.execute(
          () -> {
            engine.runTask();
            loop.execute(this::computed);
          });
      return true;
    } catch (RejectedExecutionException _) {
      return lost("too many TLS handshakes at once");
    }
  }

  private void computed() {
    computing = false;
    if (over) {
      engine.close();
    } else {
      leg.schedule();
    }
  }

  private boolean finish() {
    var peerName = engine.peerName();
    end();
    outcome.established(peerName, rest);
    return false;
  }

  /// Ends the handshake and sends the peer the alert, if there is one.
  private void refuse(String reason) {
    end();
    var out = loop.buffers().take();
    try {
      engine.wrap(NOTHING, out);
    } catch (TlsFailure _) {
      // The first wrap repeats the failure. The alert, if there is one, comes with the next.
      try {
        engine.wrap(NOTHING, out);
      } catch (TlsFailure _) {
        out.clear();
      }
    }
    engine.close();
    Farewell.say(loop, leg, out.flip());
    outcome.failed(reason, heard);
  }

  @Override
  public void drop(String reason) {
    if (!over) {
      end();
      leg.close();
      if (!computing) {
        engine.close();
      }
      outcome.failed(reason, heard);
    }
  }

  private boolean lost(String reason) {
    drop(reason);
    return false;
  }

  private void end() {
    over = true;
    deadline.cancel();
  }

  static byte[] remaining(ByteBuffer buffer) {
    if (!buffer.hasRemaining()) {
      return EMPTY;
    }
    var bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
