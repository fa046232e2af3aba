package dev.testudo.shield.relay;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.LiveConnection;
import dev.testudo.shield.Reports;
import dev.testudo.shield.ShieldEvent;
import dev.testudo.shield.ShieldEvents;
import dev.testudo.shield.Shortages.Side;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.shield.tls.TlsEngines;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Carries protected connections on a few event loops, one per processor.
///
/// A connection stays on one loop. A separate pool computes handshakes, so that they do not
/// delay traffic.
public final class Relays implements AutoCloseable {
  private static final int MIN_LOOPS = 2;
  private static final String DRAINING = "the shield is about to end";

  private final List<EventLoop> loops;
  private final ThreadPoolExecutor tasks;
  private final RelayContext context;
  private volatile Optional<WarmUp> warmUp = Optional.empty();

  /// The open public listeners.
  private final Set<PublicListener> doors = ConcurrentHashMap.newKeySet();

  private volatile boolean draining;

  /// Creates a relay and starts its loops. They call `events`. `engines` encrypts and decrypts, and
  /// `clock` gives the start of a connection.
  public Relays(ShieldEvents events, RelayLimits limits, TlsEngines engines, InstantSource clock)
      throws ErrnoException {
    int processors = Math.max(Runtime.getRuntime().availableProcessors(), MIN_LOOPS);
    tasks = pool(processors, limits.connections());
    context =
        new RelayContext(
            limits,
            engines,
            tasks,
            new RelayedConnections(limits.connections(), clock),
            new Reports(events));
    loops = loops(processors, engines);
    loops.forEach(EventLoop::start);
  }

  /// Performs handshakes in memory for at most two seconds, so that the first real ones are not
  /// slow. Call it if any are expected.
  public synchronized void warmUp() {
    if (warmUp.isEmpty()) {
      warmUp = Optional.of(WarmUp.start(context.engines()));
    }
  }

  private static List<EventLoop> loops(int count, TlsEngines engines) throws ErrnoException {
    var loops = new ArrayList<EventLoop>();
    for (int i = 0; i < count; i++) {
      loops.add(new EventLoop("shield-relay-" + i, new Buffers(engines)));
    }
    return List.copyOf(loops);
  }

  /// Returns the pool. Each connection has at most one task at a time, which bounds the queue.
  private static ThreadPoolExecutor pool(int threads, int queue) {
    var factory = Thread.ofPlatform().name("shield-handshake-", 0).daemon().factory();
    var pool =
        new ThreadPoolExecutor(
            threads, threads, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queue), factory);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /// Connects `socket`, which the relay owns from here on, to `to`, performs the handshake and
  /// verifies the peer. The callback may run before this method returns.
  public Dial connect(Fd socket, SocketAddress to, ClientTls tls, DialCallback callback) {
    return dial(to, tls, true, callback, dialing -> dialing.connect(socket), socket::close);
  }

  /// Performs the handshake on a socket that is already connected to `to`, and verifies the peer.
  ///
  /// @param patient whether the server may stay silent for [RelayLimits#answerTime] instead
  ///     of [RelayLimits#handshakeTime]
  public Dial authenticate(
      Fd connected, SocketAddress to, ClientTls tls, boolean patient, DialCallback callback) {
    return dial(
        to, tls, patient, callback, dialing -> dialing.authenticate(connected), connected::close);
  }

  private Dial dial(
      SocketAddress to,
      ClientTls tls,
      boolean patient,
      DialCallback callback,
      Consumer<Dialing> begin,
      Runnable refused) {
    if (draining) {
      refused.run();
      context
          .reports()
          .events()
          .on(new ShieldEvent.Refused("connect", to.toString(), tls.rule(), DRAINING));
      callback.failed(Errno.ENETDOWN, DRAINING);
      return () -> {};
    }
    if (!context.connections().capacity().take(RelayLimits.CONNECTING)) {
      refused.run();
      var what = "connect to %s (rule %s) fails with EMFILE".formatted(to, tls.rule());
      context.reports().shortages().noteFull(Side.OUTBOUND, what, context.limits().connections());
      callback.failed(Errno.EMFILE, "all connections of the shield are in use");
      return () -> {};
    }
    var loop = quietest();
    loop.load().incrementAndGet();
    var dialing = new Dialing(context, loop, to, tls, patient, callback);
    loop.execute(() -> begin.accept(dialing));
    return dialing;
  }

  /// Accepts connections on `listening`, a bound and listening socket that the result owns.
  ///
  /// @param terms returns the terms for each new connection
  /// @param places limits how many peers may wait for the program to accept them; further peers
  ///     wait in the kernel's queue of `listening`
  public PublicListener listen(
      Fd listening, Supplier<ServerTls> terms, Places places, AcceptCallback callback)
      throws ErrnoException {
    Files.setNonBlocking(listening);
    if (Sockets.getsockname(listening) instanceof SocketAddress.Inet) {
      Leg.tune(listening); // accepted sockets inherit the settings
    }
    var loop = quietest();
    var listener = new Listening(context, loop, this::quietest, listening, terms, places, callback);
    doors.add(listener);
    if (draining) {
      listener.close();
      throw new ErrnoException("listen, while " + DRAINING, Errno.ENETDOWN);
    }
    loop.execute(listener::begin);
    return () -> {
      doors.remove(listener);
      listener.close();
    };
  }

  /// Returns a snapshot of each connection that carries data, oldest first.
  public List<LiveConnection> connections() {
    return context.connections().live().snapshot();
  }

  /// Refuses new connections in both directions. Public listeners close and drop their handshakes,
  /// and dials fail. Established connections continue.
  public void refuseNew() {
    draining = true;
    doors.forEach(PublicListener::close);
  }

  /// Waits until no connection is left. Returns false if some are left after `limit`.
  public boolean awaitIdle(Duration limit) throws InterruptedException {
    return context.connections().capacity().awaitIdle(limit);
  }

  /// Frees what was prepared for terms other than `terms`.
  public void retain(Collection<?> terms) {
    context.engines().retain(terms);
  }

  private EventLoop quietest() {
    return loops.stream()
        .filter(loop -> !loop.hasFailed())
        .min(Comparator.comparingInt(loop -> loop.load().get()))
        .orElseThrow(() -> new IllegalStateException("all loops of the relay have failed"));
  }

  /// Resets every connection and ends the loops.
  @Override
  public void close() {
    warmUp.ifPresent(WarmUp::close);
    loops.forEach(EventLoop::close);
    tasks.shutdownNow();
  }
}
