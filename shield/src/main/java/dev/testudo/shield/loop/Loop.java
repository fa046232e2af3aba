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

/// An event loop for descriptors, timers and messages from other threads. Only [#post], [#wake] and
/// [#stop] may be called from any thread. All other methods belong to the thread inside [#run], or
/// the thread that calls [#round].
public final class Loop implements AutoCloseable {
  private static final int EVENTS = 256;
  private static final long WAKE_KEY = -1;

  private final Epoll epoll = new Epoll(EVENTS);
  private final EventFd wake = new EventFd();
  private final Watches watches = new Watches();
  private final Timers timers = new Timers();
  private final BlockingQueue<Runnable> messages;

  /// Whether the loop was woken and has not noticed yet.
  private final AtomicBoolean woken = new AtomicBoolean();

  private Optional<Urgent> urgent = Optional.empty();

  /// The loop's thread. It checks for messages before it waits, so it need not wake itself.
  private volatile @Nullable Thread owner;

  private volatile boolean stopped;

  /// The descriptor that is polled beside epoll.
  private record Urgent(PollPair polls, IntConsumer ready) {}

  /// @param mostMessages how many messages may wait; [#post] refuses further ones
  public Loop(int mostMessages) throws ErrnoException {
    messages = new LinkedBlockingQueue<>(mostMessages);
    epoll.add(wake.fd(), Epoll.EPOLLIN | Epoll.EPOLLET, WAKE_KEY); // edge-triggered: never read
  }

  /// Like [#watch] for reading, for one descriptor whose other end waits while the loop wakes up;
  /// see [PollPair]. The watch lasts as long as the loop.
  public void watchUrgently(Fd fd, IntConsumer ready) {
    urgent = Optional.of(new Urgent(new PollPair(fd, epoll.fd()), ready));
  }

  /// Calls `ready` with the `EPOLL*` bits whenever `fd` is ready, or becomes ready if `interest`
  /// has `EPOLLET`. Returns the key of the watch.
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

  /// Ends a watch and drops events already fetched for it. Call it before `fd` is closed: epoll
  /// would keep watching the open file description for as long as the program has it.
  public void unwatch(long key, Fd fd) {
    if (watches.remove(key)) {
      try {
        epoll.remove(fd);
      } catch (ErrnoException e) {
        throw new IllegalStateException("watch " + key, e);
      }
    }
  }

  /// Ends a watch of an open file description that has no other descriptor. Closing the descriptor
  /// removes it from epoll.
  public void forget(long key) {
    watches.remove(key);
  }

  /// Runs `action` after `delay`.
  public Timer after(Duration delay, Runnable action) {
    return afterNanos(delay.toNanos(), action);
  }

  /// Runs `action` after `delay` nanoseconds.
  public Timer afterNanos(long delay, Runnable action) {
    return timers.afterNanos(delay, action);
  }

  /// Returns the number of stored timers, including cancelled ones.
  int timers() {
    return timers.size();
  }

  /// Hands `message` to the loop's thread, which runs messages in order. Returns false if the loop
  /// has ended or too many messages wait; `message` then never runs. Safe to call from any thread.
  public boolean post(Runnable message) {
    if (stopped || !messages.offer(message)) {
      return false;
    }
    if (!Thread.currentThread().equals(owner)) {
      wake();
    }
    return true;
  }

  /// Makes [#round] return soon. Safe to call from any thread.
  public void wake() {
    if (woken.compareAndSet(false, true)) {
      wake.signal();
    }
  }

  /// Runs the loop until [#stop].
  public void run() throws ErrnoException {
    while (!stopped) {
      round(false);
    }
  }

  /// Waits for events, and handles them once: descriptors, messages, timers.
  ///
  /// @param busy whether the caller has other work, so that this method must not wait
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

  /// Makes [#run] return. Safe to call from any thread.
  public void stop() {
    stopped = true;
    wake();
  }

  private void dispatch(long key, int events) {
    if (key == WAKE_KEY) {
      woken.set(false); // before messages run, so that a later post wakes the loop again
    } else {
      watches.find(key).ifPresent(ready -> ready.accept(events));
    }
  }

  /// Runs the messages that wait now. Later ones are for the next round.
  private void runMessages() {
    for (int i = messages.size(); i > 0; i--) {
      var message = messages.poll();
      if (message != null) {
        message.run();
      }
    }
  }

  /// Runs the messages that were posted but not run, so that nobody waits for an answer in vain,
  /// and frees the descriptors. Call it on the loop's thread after [#run] has returned.
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
