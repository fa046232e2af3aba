package dev.testudo.shield.relay;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.ShieldEvent;
import dev.testudo.shield.loop.Timer;
import dev.testudo.shield.tls.TlsEngine;
import dev.testudo.trust.status.Direction;
import java.util.Optional;

/// An authenticated connection that waits for the socket to the program.
final class Waiting implements Established, Leg.Owner {
  private final RelayContext context;
  private final EventLoop loop;
  private final Leg net;
  private final TlsEngine engine;
  private final byte[] rest;
  private final Link link;
  private final Optional<Places.Place> place;
  private final Timer deadline;
  private boolean over;

  /// Creates it. `rest` is what the peer sent after the handshake, still encrypted; `place` is its
  /// place in the accept queue.
  Waiting(
      RelayContext context,
      EventLoop loop,
      Leg net,
      TlsEngine engine,
      byte[] rest,
      Link link,
      Optional<Places.Place> place) {
    this.context = context;
    this.loop = loop;
    this.net = net;
    this.engine = engine;
    this.rest = rest;
    this.link = link;
    this.place = place;
    this.deadline =
        loop.after(
            context.limits().handshakeTime(),
            () -> drop("the program did not take the connection"));
    net.hand(this);
  }

  @Override
  public SocketAddress localAddress() {
    return link.local();
  }

  @Override
  public SocketAddress peerAddress() {
    return link.peer();
  }

  @Override
  public Optional<String> peerName() {
    return link.peerName();
  }

  @Override
  public Fd socket() {
    return net.fd();
  }

  @Override
  public void start(Fd localLeg, Runnable vanished) {
    loop.execute(() -> begin(localLeg, vanished));
  }

  @Override
  public void leaveQueue() {
    place.ifPresent(Places.Place::giveBack);
  }

  @Override
  public void abandon(String reason) {
    leaveQueue();
    loop.execute(() -> drop(reason));
  }

  private void begin(Fd localLeg, Runnable vanished) {
    if (over) {
      refuseProgram(localLeg);
      return;
    }
    try {
      // If this process is killed, the program must not take that for a clean end.
      var local = new Leg(loop, localLeg).resetUnlessClosed();
      var legs = new Connection.Legs(net, local, vanished);
      over = true;
      deadline.cancel();
      Connection.begin(context, loop, link, engine, legs, rest);
    } catch (ErrnoException e) {
      localLeg.close();
      drop("the socket to the program cannot be used: " + e.getMessage());
    }
  }

  /// Resets the program's connection, as the program would see it without the shield, because the
  /// peer has gone.
  private static void refuseProgram(Fd localLeg) {
    try (localLeg) {
      Sockets.resetOnClose(localLeg);
    } catch (ErrnoException _) {
      // It is closed all the same.
    }
  }

  /// Does nothing: no data is read yet, so the leg only records readiness.
  @Override
  public boolean turn() {
    return false;
  }

  @Override
  public void drop(String reason) {
    if (!over) {
      over = true;
      deadline.cancel();
      net.close();
      engine.close();
      loop.load().decrementAndGet();
      context.connections().capacity().give();
      if (link.direction() == Direction.INBOUND) {
        var peer = link.peer().toString();
        context.reports().events().on(new ShieldEvent.Refused("accept", peer, link.rule(), reason));
      }
    }
  }
}
