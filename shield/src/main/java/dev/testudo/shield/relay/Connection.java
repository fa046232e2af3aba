package dev.testudo.shield.relay;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.LiveConnection;
import dev.testudo.shield.ShieldEvent;
import dev.testudo.shield.TlsSession;
import dev.testudo.shield.loop.Timer;
import dev.testudo.shield.tls.TlsEngine;
import dev.testudo.shield.tls.TlsFailure;
import dev.testudo.trust.status.SecuredConnection;
import dev.testudo.trust.status.Traffic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// A protected connection that carries data: the TLS leg to the peer, the plain leg to the program,
/// and one [Decrypting] and one [Encrypting] between them.
///
/// Each direction ends by itself: FIN from the program becomes `close_notify`, and
/// `close_notify` from the peer becomes FIN. Any other end reaches the other side as a reset,
/// never as a clean end.
final class Connection implements Leg.Owner {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /// Errors by which the kernel gives up on the peer without an answer from it.
  private static final Set<Integer> SILENCE =
      Set.of(Errno.ETIMEDOUT, Errno.EHOSTUNREACH, Errno.ENETUNREACH);

  private final RelayContext context;
  private final EventLoop loop;
  private final TlsEngine engine;
  private final Leg net;
  private final Leg local;
  private final Runnable vanished;
  private final Decrypting decrypting;
  private final Encrypting encrypting;
  private final SecuredConnection subject;
  private final TlsSession session;
  private final Instant since;
  private final long began = System.nanoTime();
  private long lastActive = began;
  private Optional<Timer> halfClosed = Optional.empty();
  private String firstEnd = "";
  private boolean over;

  private Connection(
      RelayContext context, EventLoop loop, Link link, TlsEngine engine, Legs legs, byte[] rest) {
    this.context = context;
    this.loop = loop;
    this.engine = engine;
    this.net = legs.net();
    this.local = legs.local();
    this.vanished = legs.vanished();
    this.decrypting = new Decrypting(loop.buffers(), engine, net, local, rest);
    this.encrypting = new Encrypting(loop.buffers(), engine, net, local);
    this.since = context.connections().clock().instant();
    this.session = engine.session();
    this.subject = link.numbered(context.connections().ids().incrementAndGet());
  }

  /// The two sockets of a connection.
  ///
  /// @param vanished called when the peer no longer answers
  record Legs(Leg net, Leg local, Runnable vanished) {}

  /// Starts to carry data. `rest` is what the peer sent after the handshake, still encrypted.
  static void begin(
      RelayContext context, EventLoop loop, Link link, TlsEngine engine, Legs legs, byte[] rest) {
    var connection = new Connection(context, loop, link, engine, legs, rest);
    context.connections().live().add(connection);
    legs.net().hand(connection);
    legs.local().hand(connection);
    legs.net().schedule();
    context.reports().events().on(new ShieldEvent.Opened(connection.subject));
  }

  long id() {
    return subject.id();
  }

  /// Returns a snapshot. Safe to call from any thread.
  LiveConnection snapshot() {
    return new LiveConnection(subject, traffic(), since, session);
  }

  private Traffic traffic() {
    return new Traffic(decrypting.bytes(), encrypting.bytes());
  }

  @Override
  public boolean turn() {
    if (over) {
      return false;
    }
    try {
      carry();
    } catch (TlsFailure e) {
      failed(e.reason());
    } catch (ErrnoException e) {
      broken(e);
    }
    return !over && (decrypting.ready() || encrypting.ready());
  }

  private void carry() throws TlsFailure, ErrnoException {
    lastActive = System.nanoTime();
    decrypting.step();
    encrypting.step();
    if (!encrypting.ended()) {
      decrypting.reply();
    }
    if (local.broken() && (encrypting.ended() || !local.outlivesReset())) {
      throw new ErrnoException("recv", Errno.ECONNRESET);
    }
    if (net.broken() && decrypting.ended()) {
      int error = Sockets.takeError(net.fd());
      throw new ErrnoException("recv", error == 0 ? Errno.ECONNRESET : error);
    }
    noteEnds();
  }

  private void noteEnds() {
    if (firstEnd.isEmpty() && (decrypting.ended() || encrypting.ended())) {
      firstEnd = decrypting.ended() ? "closed by the peer" : "closed by the program";
      watchHalfClosed(context.limits().halfClosedIdle());
    }
    if (decrypting.ended() && encrypting.ended() && net.idle() && local.idle()) {
      end(firstEnd);
      net.close();
      local.close();
    }
  }

  /// Drops the connection if one direction is closed and the other stays idle too long. A
  /// connection may wait long for an answer after one direction has ended, but a peer that vanished
  /// would otherwise never be noticed.
  private void watchHalfClosed(Duration wait) {
    halfClosed =
        Optional.of(
            loop.after(
                wait,
                () -> {
                  var limit = context.limits().halfClosedIdle();
                  var quiet = Duration.ofNanos(System.nanoTime() - lastActive);
                  if (!over && quiet.compareTo(limit) >= 0) {
                    drop("half-closed and without traffic for " + limit);
                  } else if (!over) {
                    watchHalfClosed(limit.minus(quiet));
                  }
                }));
  }

  /// TLS has failed. Sends the peer the alert, if there is one.
  private void failed(String reason) {
    local.reset();
    var alert = loop.buffers().take();
    try {
      engine.wrap(NOTHING, alert);
    } catch (TlsFailure _) {
      alert.clear();
    }
    Farewell.say(loop, net, alert.flip());
    end(reason);
  }

  /// A socket has failed. The peer gets a reset and no `close_notify`, so that it cannot take the
  /// data for complete.
  private void broken(ErrnoException problem) {
    boolean byProgram = local.failed() || local.broken();
    net.reset();
    if (!byProgram && SILENCE.contains(problem.errno()) && !vanished.equals(Established.NOBODY)) {
      local.vanish();
      vanished.run();
    } else {
      local.reset();
    }
    if (local.passedDescriptors() || net.passedDescriptors()) {
      end(
          "%s passed a descriptor; protected connections carry bytes only"
              .formatted(local.passedDescriptors() ? "the program" : "the peer"));
      return;
    }
    var what = byProgram ? "reset by the program" : "connection to the peer broke";
    end(what + " (" + Errno.name(problem.errno()) + ")");
  }

  @Override
  public void drop(String reason) {
    if (!over) {
      net.reset();
      local.reset();
      end(reason);
    }
  }

  private void end(String reason) {
    over = true;
    halfClosed.ifPresent(Timer::cancel);
    engine.close();
    context.connections().live().remove(this);
    loop.load().decrementAndGet();
    context.connections().capacity().give();
    context
        .reports()
        .events()
        .on(
            new ShieldEvent.Closed(
                subject, traffic(), Duration.ofNanos(System.nanoTime() - began), reason));
  }
}
