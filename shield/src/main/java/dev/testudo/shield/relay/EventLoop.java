package dev.testudo.shield.relay;

import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.MessageReader;
import dev.testudo.linux.sys.MessageWriter;
import dev.testudo.shield.loop.Loop;
import dev.testudo.shield.loop.Timer;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/// One platform thread that serves many sockets. It is a platform thread because waiting in
/// epoll would pin the carrier of a virtual one. Only [#execute] and [#close] may be called from
/// other threads.
///
/// Work is done in turns: a connection that has more to do goes to the end of the queue, so that a
/// busy one does not delay the others.
final class EventLoop implements Executor, AutoCloseable {
  /// A user of the loop.
  interface Handler {
    /// Called when the kernel reports `EPOLL*` bits.
    void ready(int events);

    /// Takes one turn of work, bounded in time. [EventLoop#schedule] requests the next one.
    void turn();

    /// Ends at once, because the loop stops or a turn has thrown.
    void drop(String reason);
  }

  private static final System.Logger LOG = System.getLogger(EventLoop.class.getName());

  /// How many handshake steps one round computes: about a millisecond.
  private static final int STEPS = 4;

  private static final Duration STOP_TIME = Duration.ofSeconds(5);

  /// Unlimited, because each connection has only a few tasks here and the number of connections
  /// is limited.
  private final Loop loop = new Loop(Integer.MAX_VALUE);

  private final Map<Long, Handler> handlers = new HashMap<>();
  private final Buffers buffers;
  private Optional<MessageReader> messages = Optional.empty();
  private Optional<MessageWriter> sender = Optional.empty();
  private final ArrayDeque<Handler> turns = new ArrayDeque<>();

  /// How many handshake steps remain in this round.
  private int steps;

  private final AtomicInteger load = new AtomicInteger();
  private final Thread thread;
  private volatile boolean stopping;
  private volatile boolean failed;

  EventLoop(String name, Buffers buffers) throws ErrnoException {
    this.buffers = buffers;
    thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Runs `task` on the loop's thread, in order of submission. Safe to call from any thread.
  @Override
  public void execute(Runnable task) {
    loop.post(() -> guarded(task));
  }

  /// Returns the loop's buffers.
  Buffers buffers() {
    return buffers;
  }

  /// Returns the reader for the loop's Unix sockets.
  MessageReader messages() {
    if (messages.isEmpty()) {
      messages = Optional.of(new MessageReader(Buffers.PORTION));
    }
    return messages.get();
  }

  /// Returns the writer for the loop's Unix sockets.
  MessageWriter sender() {
    if (sender.isEmpty()) {
      sender = Optional.of(new MessageWriter(Buffers.PORTION));
    }
    return sender.get();
  }

  /// Returns whether a bug has ended the loop. It must then be given no more work. Whether the
  /// exception also ends the process is up to the process's uncaught-exception handler.
  boolean hasFailed() {
    return failed;
  }

  /// Returns the number of connections on this loop. The code that places connections updates it.
  AtomicInteger load() {
    return load;
  }

  /// Watches `fd` for reading and writing, edge-triggered. Returns the key for [#forget].
  long watch(Fd fd, Handler handler) throws ErrnoException {
    int both = Epoll.EPOLLIN | Epoll.EPOLLPRI | Epoll.EPOLLOUT | Epoll.EPOLLRDHUP | Epoll.EPOLLET;
    long key = loop.watch(fd, both, events -> guarded(handler, () -> handler.ready(events)));
    handlers.put(key, handler);
    return key;
  }

  /// Ends a watch. Closing the descriptor removes it from epoll.
  void forget(long key) {
    loop.forget(key);
    handlers.remove(key);
  }

  /// Gives `handler` a turn soon.
  void schedule(Handler handler) {
    turns.add(handler);
  }

  /// Returns whether the caller may compute a handshake step on the loop's thread instead of on
  /// the pool.
  boolean mayCompute() {
    steps--;
    return steps >= 0;
  }

  /// Runs `action` after `delay` unless the timer is cancelled.
  Timer after(Duration delay, Runnable action) {
    return loop.after(delay, () -> guarded(action));
  }

  private void run() {
    try {
      while (!stopping) {
        steps = STEPS;
        loop.round(!turns.isEmpty());
        takeTurns();
      }
    } catch (ErrnoException e) {
      failed = true;
      throw new IllegalStateException("epoll cannot fail like this", e);
    } catch (RuntimeException | Error e) {
      failed = true;
      throw e;
    } finally {
      List.copyOf(handlers.values()).forEach(handler -> handler.drop("the shield stops"));
      loop.close();
    }
  }

  /// Takes one turn for each handler that waits now. Handlers with more work are queued again.
  private void takeTurns() {
    for (int waiting = turns.size(); waiting > 0; waiting--) {
      var handler = turns.remove();
      guarded(handler, handler::turn);
    }
  }

  /// As [#guarded(Handler, Runnable)], for work that belongs to no handler.
  private static void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a task failed because of a bug in the relay", e);
    }
  }

  /// Runs `work`. A bug ends the handler's connection and no other.
  private static void guarded(Handler handler, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a connection is dropped because of a bug in the relay", e);
      handler.drop("internal error");
    }
  }

  /// Drops all connections and ends the thread.
  @Override
  public void close() {
    stopping = true;
    loop.wake();
    try {
      thread.join(STOP_TIME);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
