package dev.testudo.shield.loop;

import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.EventFd;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.PollPair;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// An event loop: descriptors, timers, and messages from other threads. All but [#post], [#wake]
/// and [#stop] belong to the thread inside [#run], or the one that calls [#round].
public final class Loop implements AutoCloseable {
  private static final int EVENTS = 256;
  private static final long WAKE_KEY = -1;

  private final Epoll epoll = new Epoll(EVENTS);
  private final EventFd wake = new EventFd();
  private final Watches watches = new Watches();
  private final Timers timers = new Timers();
  private final BlockingQueue<Runnable> messages;

  /// Whether somebody has woken the loop and it has not noticed yet.
  private final AtomicBoolean woken = new AtomicBoolean();

  private Optional<Urgent> urgent = Optional.empty();

  /// The loop itself looks for messages before it waits, and need not be woken.
  private volatile @Nullable Thread owner;

  private volatile boolean stopped;

  /// The descriptor that is polled by itself.
  private record Urgent(PollPair polls, IntConsumer ready) {}

  /// @param mostMessages how many messages may wait; further ones are not taken
  public Loop(int mostMessages) throws ErrnoException {
    messages = new LinkedBlockingQueue<>(mostMessages);
    epoll.add(wake.fd(), Epoll.EPOLLIN | Epoll.EPOLLET, WAKE_KEY); // and so is never read
  }

  /// Like [#watch] for reading, for the one descriptor at whose other end somebody waits while we
  /// wake up; see [PollPair]. For as long as the loop runs.
  public void watchUrgently(Fd fd, IntConsumer ready) {
    urgent = Optional.of(new Urgent(new PollPair(fd, epoll.fd()), ready));
  }

  /// Calls `ready` with the `EPOLL*` bits whenever `fd` is ready, or becomes so if `interest` has
  /// `EPOLLET`. The result names the watch.
  public long watch(Fd fd, int interest, IntConsumer ready) throws ErrnoException {
    long key = watches.add(ready);
    try {
      epoll.add(fd, interest, key);
      return key;
    } catch (ErrnoException e) {
      watches.remove(key);
      throw e;
    }
  }

  /// Ends a watch; events already fetched for it are dropped. Before `fd` is closed: epoll would
  /// watch the open file on as long as the program has it.
  public void unwatch(long key, Fd fd) {
    if (watches.remove(key)) {
      try {
        epoll.remove(fd);
      } catch (ErrnoException e) {
        throw new IllegalStateException("watch " + key, e);
      }
    }
  }

  /// Ends a watch of a file that nobody else has open: closing the descriptor does the rest.
  public void forget(long key) {
    watches.remove(key);
  }

  /// Runs `action` after `delay`.
  public Timer after(Duration delay, Runnable action) {
    return afterNanos(delay.toNanos(), action);
  }

  /// Runs `action` after so many nanoseconds.
  public Timer afterNanos(long delay, Runnable action) {
    return timers.afterNanos(delay, action);
  }

  /// How many timers are kept, those of them included that will do nothing any more.
  int timers() {
    return timers.size();
  }

  /// Hands `message` to the loop's thread; messages are run in order. From any thread. False when
  /// the loop has ended or too much waits: then the message will never run.
  public boolean post(Runnable message) {
    if (stopped || !messages.offer(message)) {
      return false;
    }
    if (!Thread.currentThread().equals(owner)) {
      wake();
    }
    return true;
  }

  /// Has [#round] return soon. From any thread.
  public void wake() {
    if (woken.compareAndSet(false, true)) {
      wake.signal();
    }
  }

  /// Works until [#stop].
  public void run() throws ErrnoException {
    while (!stopped) {
      round(false);
    }
  }

  /// Waits for something to do, and does it once: what descriptors report, messages, timers.
  ///
  /// @param busy whether there is more to do elsewhere, so that nothing is waited for
  public void round(boolean busy) throws ErrnoException {
    if (owner == null) {
      owner = Thread.currentThread();
    }
    int timeout = busy || !messages.isEmpty() ? 0 : timers.millisToNext();
    if (urgent.isPresent()) {
      serve(urgent.get(), timeout);
    } else {
      epoll.await(timeout, this::dispatch);
    }
    runMessages();
    timers.expire();
  }

  private void serve(Urgent first, int timeout) throws ErrnoException {
    first.polls.await(timeout);
    if (first.polls.firstEvents() != 0) {
      first.ready.accept(first.polls.firstEvents());
    }
    if (first.polls.secondEvents() != 0) {
      epoll.await(0, this::dispatch);
    }
  }

  /// Makes [#run] return. From any thread.
  public void stop() {
    stopped = true;
    wake();
  }

  private void dispatch(long key, int events) {
    if (key == WAKE_KEY) {
      woken.set(false); // before messages are run: who comes later wakes the loop again
    } else {
      watches.find(key).ifPresent(ready -> ready.accept(events));
    }
  }

  /// Those that wait now; what comes meanwhile is for the next round.
  private void runMessages() {
    for (int i = messages.size(); i > 0; i--) {
      var message = messages.poll();
      if (message != null) {
        message.run();
      }
    }
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
    wake.close();
  }
}
