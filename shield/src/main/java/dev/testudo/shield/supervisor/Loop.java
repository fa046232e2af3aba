package dev.testudo.shield.supervisor;

import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.EventFd;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.PollPair;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.IntConsumer;

/// The supervisor's event loop: descriptors, timers, and messages from other threads. All but
/// [#post] and [#stop] belong to the thread inside [#run].
final class Loop implements AutoCloseable {
  /// Messages that may wait. Each stands for a connection being set up, which are fewer.
  private static final int MAX_MESSAGES = 16_384;

  private static final int EVENTS = 256;
  private static final int FEW_TIMERS = 256;

  private final Epoll epoll = new Epoll(EVENTS);
  private final EventFd doorbell = new EventFd();
  private final BlockingQueue<Runnable> messages = new ArrayBlockingQueue<>(MAX_MESSAGES);
  private final Map<Long, IntConsumer> watches = new HashMap<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private Optional<Urgent> urgent = Optional.empty();
  private int cancelledTimers;
  private long lastKey;
  private volatile boolean stopped;

  /// The descriptor that is polled by itself.
  private record Urgent(PollPair polls, IntConsumer ready) {}

  /// A thing to do at a time, unless cancelled before.
  final class Timer implements Comparable<Timer> {
    private final long at;
    private Runnable action;
    private boolean cancelled;

    private Timer(long at, Runnable action) {
      this.at = at;
      this.action = action;
    }

    /// It will not happen, and nothing that it would have acted on is kept.
    void cancel() {
      if (!cancelled) {
        cancelled = true;
        action = () -> {};
        cancelledTimers++;
        forgetCancelled();
      }
    }

    @Override
    public int compareTo(Timer other) {
      return Long.compare(at - other.at, 0);
    }
  }

  Loop() throws ErrnoException {
    watch(doorbell.fd(), Epoll.EPOLLIN, _ -> doorbell.reset());
  }

  /// Like [#watch] for reading, for the one descriptor at whose other end somebody waits while we
  /// wake up; see [PollPair]. For as long as the loop runs.
  void watchUrgently(Fd fd, IntConsumer ready) {
    urgent = Optional.of(new Urgent(new PollPair(fd, epoll.fd()), ready));
  }

  /// Calls `ready` with the `EPOLL*` bits whenever `fd` is ready. The result names the watch.
  long watch(Fd fd, int interest, IntConsumer ready) throws ErrnoException {
    long key = ++lastKey;
    epoll.add(fd, interest, key);
    watches.put(key, ready);
    return key;
  }

  /// Ends a watch; events already fetched for it are dropped. Before `fd` is closed: epoll would
  /// watch the open file on as long as the program has it.
  void unwatch(long key, Fd fd) {
    if (watches.remove(key) != null) {
      try {
        epoll.remove(fd);
      } catch (ErrnoException e) {
        throw new IllegalStateException("watch " + key, e);
      }
    }
  }

  /// Runs `action` after `delay`.
  Timer after(Duration delay, Runnable action) {
    return afterNanos(delay.toNanos(), action);
  }

  Timer afterNanos(long delay, Runnable action) {
    var timer = new Timer(System.nanoTime() + delay, action);
    timers.add(timer);
    return timer;
  }

  /// How many timers are kept, those of them included that will do nothing any more.
  int timers() {
    return timers.size();
  }

  /// Hands `message` to the loop's thread. From any thread. False when the loop has ended or too
  /// much waits: then the message will never run.
  boolean post(Runnable message) {
    if (stopped || !messages.offer(message)) {
      return false;
    }
    doorbell.signal();
    return true;
  }

  /// Works until [#stop].
  void run() throws ErrnoException {
    while (!stopped) {
      if (urgent.isPresent()) {
        serve(urgent.get());
      } else {
        epoll.await(timeoutMillis(), this::dispatch);
      }
      drainMessages();
      fireTimers();
    }
  }

  private void serve(Urgent first) throws ErrnoException {
    first.polls.await(timeoutMillis());
    if (first.polls.firstEvents() != 0) {
      first.ready.accept(first.polls.firstEvents());
    }
    if (first.polls.secondEvents() != 0) {
      epoll.await(0, this::dispatch);
    }
  }

  /// Makes [#run] return. From any thread.
  void stop() {
    stopped = true;
    doorbell.signal();
  }

  private void dispatch(long key, int events) {
    var ready = watches.get(key);
    if (ready != null) {
      ready.accept(events);
    }
  }

  private void drainMessages() {
    // What arrives meanwhile signals again.
    for (int i = messages.size(); i > 0; i--) {
      var message = messages.poll();
      if (message != null) {
        message.run();
      }
    }
  }

  /// Most timers are cancelled long before their time. Thrown away when they are the greater part,
  /// they cost little and never pile up.
  private void forgetCancelled() {
    if (cancelledTimers > FEW_TIMERS && cancelledTimers > timers.size() / 2) {
      timers.removeIf(timer -> timer.cancelled);
      cancelledTimers = 0;
    }
  }

  private void fireTimers() {
    long now = System.nanoTime();
    for (var first = timers.peek(); first != null; first = timers.peek()) {
      if (!first.cancelled && first.at - now > 0) {
        return;
      }
      timers.remove();
      if (first.cancelled) {
        cancelledTimers = Math.max(cancelledTimers - 1, 0);
      } else {
        // Cancelling it from now on changes nothing.
        first.cancelled = true;
        first.action.run();
      }
    }
  }

  private int timeoutMillis() {
    var first = timers.peek();
    if (first == null) {
      return -1;
    }
    long nanos = Math.max(first.at - System.nanoTime(), 0);
    return (int) Math.min((nanos + 999_999) / 1_000_000, Integer.MAX_VALUE);
  }

  /// Runs what was handed over but not taken, so that nothing waits for an answer, and frees the
  /// descriptors. After [#run] has returned, on its thread.
  @Override
  public void close() {
    stopped = true;
    for (var message = messages.poll(); message != null; message = messages.poll()) {
      message.run();
    }
    epoll.close();
    doorbell.close();
  }
}
