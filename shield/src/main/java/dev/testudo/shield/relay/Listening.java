package dev.testudo.shield.relay;

import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.ShieldEvent;
import dev.testudo.shield.Shortages;
import dev.testudo.shield.Shortages.Side;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.shield.tls.TlsEngine;
import dev.testudo.trust.status.Direction;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// A public listening socket. It accepts connections while there is room and hands each to a loop,
/// which runs the handshake. Further connections wait in the kernel's queue.
final class Listening implements PublicListener, EventLoop.Handler {
  private static final System.Logger LOG = System.getLogger(Listening.class.getName());
  private static final int AT_ONCE = 16;

  /// How long to pause when the process has no descriptors or memory left. To retry at once
  /// would spin.
  private static final Duration SHORTAGE = Duration.ofMillis(100);

  /// How often to look for handshakes to drop while all places for handshakes are taken.
  private static final Duration CROWDED = Duration.ofMillis(250);

  /// How often to revoke accept queue places of slow handshakes while others wait.
  private static final Duration HURRY = Duration.ofMillis(100);

  private final RelayContext context;
  private final EventLoop loop;
  private final Supplier<EventLoop> nextLoop;
  private final Fd fd;
  private final Supplier<ServerTls> terms;
  private final AcceptCallback callback;
  private final Places places;
  private final Capacity handshakes;
  private final Set<Inbound> underWay = ConcurrentHashMap.newKeySet();

  /// Held while accepting and closing. The address must be free when [#close] returns, on any
  /// thread, and the loop must not use a descriptor number that has been reused by then.
  private final Object open = new Object();

  private Optional<Long> key = Optional.empty();
  private boolean scheduled;

  /// Whether a callback will report that there is room again.
  private boolean full;

  /// Whether that is because all connections of the shield are in use.
  private boolean exhausted;

  /// Whether a timer will retry [#accept].
  private boolean pausing;

  /// Whether a timer will call [#makeRoom] again.
  private boolean crowded;

  /// Whether a timer will call [#hurry] again.
  private boolean hurried;

  Listening(
      RelayContext context,
      EventLoop loop,
      Supplier<EventLoop> nextLoop,
      Fd fd,
      Supplier<ServerTls> terms,
      Places places,
      AcceptCallback callback) {
    this.context = context;
    this.loop = loop;
    this.nextLoop = nextLoop;
    this.fd = fd;
    this.terms = terms;
    this.places = places;
    this.callback = callback;
    this.handshakes = new Capacity(context.limits().handshakes());
  }

  /// Starts to accept, on the loop's thread.
  void begin() {
    synchronized (open) {
      if (fd.isOpen()) {
        try {
          key = Optional.of(loop.watch(fd, this));
        } catch (ErrnoException e) {
          LOG.log(Level.ERROR, "rule=%s cannot listen".formatted(terms.get().rule()), e);
        }
      }
    }
  }

  @Override
  public void ready(int events) {
    schedule();
  }

  private void schedule() {
    if (!scheduled) {
      scheduled = true;
      loop.schedule(this);
    }
  }

  @Override
  public void turn() {
    scheduled = false;
    if (full && exhausted) {
      noteExhausted();
    }
    boolean more = !full;
    for (int i = 0; more && i < AT_ONCE; i++) {
      more = acceptOne();
    }
    if (more) {
      schedule();
    }
  }

  private void roomAgain() {
    loop.execute(
        () -> {
          full = false;
          exhausted = false;
          schedule();
        });
  }

  /// Drops late handshakes of addresses that hold more than their share, for as long as no peer can
  /// be accepted.
  private void makeRoom() {
    if (!crowded && full && fd.isOpen()) {
      crowded = true;
      FairShare.overdue(underWay, context.limits().handshakes()).forEach(Inbound::giveWay);
      loop.after(
          CROWDED,
          () -> {
            crowded = false;
            makeRoom();
          });
    }
  }

  /// Revokes accept queue places that a handshake keeps too long, for as long as others wait.
  private void hurry() {
    if (!hurried && fd.isOpen() && places.hurry()) {
      hurried = true;
      loop.after(
          HURRY,
          () -> {
            hurried = false;
            hurry();
          });
    }
  }

  /// Accepts one connection. Returns false if there is none or no room.
  private boolean acceptOne() {
    full = !places.openOr(this::roomAgain);
    if (full) {
      return false;
    }
    full = !handshakes.takeOr(this::roomAgain);
    if (full) {
      makeRoom();
      return false;
    }
    full = !context.connections().capacity().takeOr(this::roomAgain);
    if (full) {
      handshakes.give();
      exhausted = true;
      noteExhausted();
      return false;
    }
    var accepted = accept();
    if (accepted.isEmpty()) {
      handshakes.give();
      context.connections().capacity().give();
      return false;
    }
    var target = nextLoop.get();
    target.load().incrementAndGet();
    target.execute(() -> receive(target, accepted.get()));
    return true;
  }

  private void noteExhausted() {
    try {
      fd.whileOpen(
          listening -> {
            if (Sockets.poll(listening, Epoll.EPOLLIN) != 0) {
              int most = context.limits().connections();
              context.reports().shortages().noteFull(Side.INBOUND, waiting(), most);
            }
          });
    } catch (ErrnoException _) {
      // The listener was closed, so nobody waits.
    }
  }

  private String waiting() throws ErrnoException {
    return "peers at %s (rule %s) wait".formatted(Sockets.getsockname(fd), terms.get().rule());
  }

  /// Retries later, with one timer.
  private void pause(int errno) {
    if (Shortages.isShortage(errno)) {
      try {
        context.reports().shortages().note(Side.INBOUND, waiting(), errno);
      } catch (ErrnoException _) {
        // Only a closed socket has no name.
      }
    }
    if (!pausing) {
      pausing = true;
      loop.after(
          SHORTAGE,
          () -> {
            pausing = false;
            schedule();
          });
    }
  }

  private Optional<Sockets.Accepted> accept() {
    synchronized (open) {
      try {
        return fd.isOpen() ? Sockets.accept4(fd, Sockets.SOCK_NONBLOCK) : Optional.empty();
      } catch (ErrnoException e) {
        if (e.errno() == Errno.ECONNABORTED) {
          schedule(); // that connection was aborted, the next one may be fine
        } else {
          pause(e.errno());
        }
        return Optional.empty();
      }
    }
  }

  private void receive(EventLoop target, Sockets.Accepted accepted) {
    try {
      var local = Sockets.getsockname(accepted.fd());
      var leg = new Leg(target, accepted.fd());
      var tls = terms.get();
      var engine = context.engines().server(tls);
      var link = new Link(Direction.INBOUND, tls.rule(), local, accepted.peer(), Optional.empty());
      var inbound = new Inbound(target, leg, engine, link);
      var time = context.limits().handshakeTime();
      inbound.handshake = Optional.of(Handshake.begin(context, target, leg, engine, time, inbound));
      underWay.add(inbound);
    } catch (ErrnoException _) {
      // The client has gone already.
      forgo(target, accepted);
    } catch (RuntimeException e) {
      forgo(target, accepted);
      throw e;
    }
  }

  private void forgo(EventLoop target, Sockets.Accepted accepted) {
    accepted.fd().close();
    release(target);
  }

  private void release(EventLoop target) {
    target.load().decrementAndGet();
    handshakes.give();
    context.connections().capacity().give();
  }

  private final class Inbound implements Handshake.Outcome, FairShare.Place {
    private final EventLoop target;
    private final Leg leg;
    private final TlsEngine engine;
    private final Link link;
    private volatile Optional<Handshake> handshake = Optional.empty();

    /// The place in the program's accept queue; empty until the peer is to be answered.
    private Optional<Places.Place> place = Optional.empty();

    Inbound(EventLoop target, Leg leg, TlsEngine engine, Link link) {
      this.target = target;
      this.leg = leg;
      this.engine = engine;
      this.link = link;
    }

    @Override
    public SocketAddress peer() {
      return link.peer();
    }

    @Override
    public Duration age() {
      return handshake.map(Handshake::age).orElse(Duration.ZERO);
    }

    @Override
    public boolean awaitsPeer() {
      return handshake.map(Handshake::awaitsPeer).orElse(false);
    }

    void cancel(String reason) {
      handshake.ifPresent(one -> one.cancel(reason));
    }

    void giveWay() {
      cancel("too many unfinished TLS handshakes from one address, and others wait");
    }

    @Override
    public boolean mayAnswer() {
      if (place.isEmpty()) {
        Runnable granted = () -> handshake.ifPresent(Handshake::goOn);
        place = Optional.of(places.ask(link.peer(), granted));
        if (!place.get().isGranted()) {
          loop.execute(Listening.this::hurry);
        }
      }
      return place.get().isGranted();
    }

    @Override
    public void established(Optional<String> peerName, byte[] rest) {
      underWay.remove(this);
      handshakes.give();
      var known = link.named(peerName);
      place.ifPresent(Places.Place::hold);
      callback.authenticated(new Waiting(context, target, leg, engine, rest, known, place));
    }

    @Override
    public void failed(String reason, boolean heard) {
      underWay.remove(this);
      place.ifPresent(Places.Place::giveBack);
      release(target);
      // A client that sent nothing, such as a health probe, was not refused.
      if (heard) {
        var peer = link.peer().toString();
        context.reports().events().on(new ShieldEvent.Refused("accept", peer, link.rule(), reason));
      }
    }
  }

  @Override
  public void drop(String reason) {
    close();
  }

  @Override
  public void close() {
    synchronized (open) {
      fd.close();
    }
    loop.execute(() -> key.ifPresent(loop::forget));
    underWay.forEach(inbound -> inbound.cancel("the program stopped listening"));
  }
}
