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

/// One platform thread that serves many sockets. Platform, because waiting in epoll would pin the
/// carrier of a virtual thread. Everything but [#execute] and [#close] belongs to that thread.
///
/// Work is shared out in turns: whoever has more to do goes to the end of the queue, so that one
/// busy connection does not hold up the others.
final class EventLoop implements Executor, AutoCloseable {
  /// Something registered with the loop.
  interface Handler {
    /// The kernel reports `EPOLL*` bits.
    void ready(int events);

    /// Takes one turn of work, bounded in time; [EventLoop#schedule] asks for the next.
    void turn();

    /// Ends at once, because the loop stops or a turn threw.
    void drop(String reason);
  }

  private static final System.Logger LOG = System.getLogger(EventLoop.class.getName());

  /// How many steps of handshakes one round computes: a millisecond or so.
  private static final int STEPS = 4;

  private static final Duration STOP_TIME = Duration.ofSeconds(5);

  /// Their number is bounded by that of connections, each of which has at most a few tasks here.
  private final Loop loop = new Loop(Integer.MAX_VALUE);

  private final Map<Long, Handler> handlers = new HashMap<>();
  private final Buffers buffers;
  private Optional<MessageReader> messages = Optional.empty();
  private Optional<MessageWriter> sender = Optional.empty();
  private final ArrayDeque<Handler> turns = new ArrayDeque<>();

  /// How many steps of handshakes this round has left.
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

  /// Runs `task` on the loop's thread, in order. From any thread.
  @Override
  public void execute(Runnable task) {
    loop.post(() -> guarded(task));
  }

  /// The loop's buffers.
  Buffers buffers() {
    return buffers;
  }

  /// Reads from the Unix sockets of the loop.
  MessageReader messages() {
    if (messages.isEmpty()) {
      messages = Optional.of(new MessageReader(Buffers.PORTION));
    }
    return messages.get();
  }

  /// Writes to the Unix sockets of the loop.
  MessageWriter sender() {
    if (sender.isEmpty()) {
      sender = Optional.of(new MessageWriter(Buffers.PORTION));
    }
    return sender.get();
  }

  /// Whether a bug has ended the loop. What escapes its thread ends the process, where that is the
  /// process's rule; in any case nothing more may be given to it.
  boolean hasFailed() {
    return failed;
  }

  /// How many connections the loop has; counted by whoever places them.
  AtomicInteger load() {
    return load;
  }

  /// Watches `fd`, edge-triggered, both ways. Returns the key for [#forget].
  long watch(Fd fd, Handler handler) throws ErrnoException {
    int both = Epoll.EPOLLIN | Epoll.EPOLLPRI | Epoll.EPOLLOUT | Epoll.EPOLLRDHUP | Epoll.EPOLLET;
    long key = loop.watch(fd, both, events -> guarded(handler, () -> handler.ready(events)));
    handlers.put(key, handler);
    return key;
  }

  /// Ends the watching; closing the descriptor does the rest.
  void forget(long key) {
    loop.forget(key);
    handlers.remove(key);
  }

  /// Gives `handler` a turn soon.
  void schedule(Handler handler) {
    turns.add(handler);
  }

  /// Whether the caller may compute a step of a handshake here and now, instead of on another
  /// thread.
  boolean mayCompute() {
    steps--;
    return steps >= 0;
  }

  /// Runs `action` after `delay` unless cancelled.
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

  /// One turn for everybody who waits now; those who want more wait again.
  private void takeTurns() {
    for (int waiting = turns.size(); waiting > 0; waiting--) {
      var handler = turns.remove();
      guarded(handler, handler::turn);
    }
  }

  /// As [#guarded(Handler, Runnable)], where it is not known whose bug it is.
  private static void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a task failed because of a bug in the relay", e);
    }
  }

  /// A bug met by one connection ends that connection and no other.
  private static void guarded(Handler handler, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a connection is dropped because of a bug in the relay", e);
      handler.drop("internal error");
    }
  }

  /// Drops everything and ends the thread.
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
