package dev.testudo.shield.relay;

import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.EventFd;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.MessageReader;
import dev.testudo.linux.sys.MessageWriter;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private static final int EVENTS = 256;
  private static final long WAKE_KEY = -1;

  /// How many steps of handshakes one round computes: a millisecond or so.
  private static final int STEPS = 4;

  private static final Duration STOP_TIME = Duration.ofSeconds(5);

  private final Epoll epoll = new Epoll(EVENTS);
  private final EventFd wake = new EventFd();
  private final Handlers handlers = new Handlers();
  private final Deadlines deadlines = new Deadlines();
  private final Buffers buffers;
  private Optional<MessageReader> messages = Optional.empty();
  private Optional<MessageWriter> sender = Optional.empty();
  private final ArrayDeque<Handler> turns = new ArrayDeque<>();

  /// Bounded by the number of connections, each of which has at most a few tasks here.
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /// Whether somebody has woken the loop and it has not noticed yet.
  private final AtomicBoolean called = new AtomicBoolean();

  /// How many steps of handshakes this round has left.
  private int steps;

  private final AtomicInteger load = new AtomicInteger();
  private final Thread thread;
  private volatile boolean stopping;
  private volatile boolean failed;

  EventLoop(String name, Buffers buffers) throws ErrnoException {
    this.buffers = buffers;
    epoll.add(wake.fd(), Epoll.EPOLLIN | Epoll.EPOLLET, WAKE_KEY); // and so is never read
    thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Runs `task` on the loop's thread, in order. From any thread.
  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    // The loop itself looks before it waits, and need not be woken twice.
    if (!thread.equals(Thread.currentThread()) && called.compareAndSet(false, true)) {
      wake.signal();
    }
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
    long key = handlers.add(handler);
    try {
      int both = Epoll.EPOLLIN | Epoll.EPOLLPRI | Epoll.EPOLLOUT | Epoll.EPOLLRDHUP;
      epoll.add(fd, both | Epoll.EPOLLET, key);
      return key;
    } catch (ErrnoException e) {
      handlers.remove(key);
      throw e;
    }
  }

  /// Ends the watching; closing the descriptor does the rest.
  void forget(long key) {
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
  Deadlines.Deadline after(Duration delay, Runnable action) {
    return deadlines.after(delay, action);
  }

  private void run() {
    try {
      while (!stopping) {
        boolean busy = !turns.isEmpty() || !tasks.isEmpty();
        epoll.await(busy ? 0 : deadlines.millisToNext(), this::report);
        steps = STEPS;
        runTasks();
        takeTurns();
        guarded(deadlines::expire);
      }
    } catch (ErrnoException e) {
      failed = true;
      throw new IllegalStateException("epoll cannot fail like this", e);
    } catch (RuntimeException | Error e) {
      failed = true;
      throw e;
    } finally {
      handlers.forEach(handler -> handler.drop("the shield stops"));
      runTasks();
      epoll.close();
      wake.close();
    }
  }

  private void report(long key, int events) {
    if (key == WAKE_KEY) {
      called.set(false); // before the tasks are run: who comes later wakes the loop again
    } else {
      handlers.find(key).ifPresent(handler -> guarded(handler, () -> handler.ready(events)));
    }
  }

  private void runTasks() {
    for (var task = tasks.poll(); task != null; task = tasks.poll()) {
      guarded(task);
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
    wake.signal();
    try {
      thread.join(STOP_TIME);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
