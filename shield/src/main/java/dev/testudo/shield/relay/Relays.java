package dev.testudo.shield.relay;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.shield.ShieldEvents;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.shield.tls.JsseEngines;
import dev.testudo.shield.tls.TlsEngines;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Carries protected connections on a few event loops, one per processor.
///
/// A connection belongs to one loop for life. Handshakes compute on a pool beside the loops, so
/// that they do not hold up traffic.
public final class Relays implements AutoCloseable {
  private static final int MIN_LOOPS = 2;

  private final List<EventLoop> loops;
  private final ThreadPoolExecutor tasks;
  private final RelayContext context;
  private final WarmUp warmUp;

  /// Starts the loops. `events` is called on their threads; `clock` judges certificates.
  public Relays(ShieldEvents events, RelayLimits limits, InstantSource clock)
      throws ErrnoException {
    var engines = new JsseEngines(clock);
    int processors = Math.max(Runtime.getRuntime().availableProcessors(), MIN_LOOPS);
    tasks = pool(processors, limits.connections());
    context =
        new RelayContext(
            events, limits, engines, tasks, new Capacity(limits.connections()), new AtomicLong());
    loops = loops(processors, engines);
    loops.forEach(EventLoop::start);
    warmUp = WarmUp.start(engines);
  }

  private static List<EventLoop> loops(int count, TlsEngines engines) throws ErrnoException {
    var loops = new ArrayList<EventLoop>();
    for (int i = 0; i < count; i++) {
      loops.add(new EventLoop("shield-relay-" + i, new Buffers(engines)));
    }
    return List.copyOf(loops);
  }

  /// Each connection has at most one task at a time, so the queue never needs to be longer.
  private static ThreadPoolExecutor pool(int threads, int queue) {
    var factory = Thread.ofPlatform().name("shield-handshake-", 0).daemon().factory();
    var pool =
        new ThreadPoolExecutor(
            threads, threads, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queue), factory);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /// Connects to `to`, shakes hands, verifies. The callback may run before this returns.
  ///
  /// @param from the address to bind to first
  public Dial dial(
      Optional<SocketAddress> from, SocketAddress to, ClientTls tls, DialCallback callback) {
    if (!context.capacity().take()) {
      callback.failed(Errno.EMFILE, "all connections of the shield are in use");
      return () -> {};
    }
    var loop = quietest();
    loop.load().incrementAndGet();
    var dialing = new Dialing(context, loop, to, tls, callback);
    loop.execute(() -> dialing.begin(from));
    return dialing;
  }

  /// Accepts on `listening`, a bound and listening socket that the result owns.
  public PublicListener listen(Fd listening, ServerTls tls, AcceptCallback callback)
      throws ErrnoException {
    Files.setNonBlocking(listening);
    var loop = quietest();
    var listener = new Listening(context, loop, this::quietest, listening, tls, callback);
    loop.execute(listener::begin);
    return listener;
  }

  private EventLoop quietest() {
    return loops.stream().min(Comparator.comparingInt(loop -> loop.load().get())).orElseThrow();
  }

  /// Ends every connection with a reset, and the loops.
  @Override
  public void close() {
    warmUp.close();
    loops.forEach(EventLoop::close);
    tasks.shutdownNow();
  }
}
