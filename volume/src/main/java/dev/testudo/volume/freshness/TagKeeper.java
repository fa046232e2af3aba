package dev.testudo.volume.freshness;

import dev.testudo.volume.freshness.TagStore.Answer;
import dev.testudo.volume.store.Acknowledgements;
import dev.testudo.volume.store.VolumePosition;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// Holds the lease of an open volume, and tells CAS its newest state. All commits that happen
/// during a request are recorded by the next one.
///
/// If the lease ends before CAS has renewed it, as this process's own clock tells, changes fail. If
/// nobody took the volume over until CAS answers again, they work again. If somebody did, they fail
/// for good.
public final class TagKeeper implements Acknowledgements, AutoCloseable {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  /// The part of a lease after which it is renewed.
  private static final int RENEWALS = 3;

  private final TagStore store;
  private final TagSync sync;
  private final TagListener listener;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  private VolumePosition recorded;
  private VolumePosition newest;

  /// Everything that is not recorded was committed after this time.
  private long recordedAsOf = System.nanoTime();

  private long leaseEnd;

  /// When the lease must be renewed, so that there is time for several attempts.
  private long renewalDue;

  /// When the next state may be told; until then, further commits join it.
  private long advanceDue = System.nanoTime();

  /// How many threads wait until CAS has recorded a state.
  private int waiting;

  private boolean silent;
  private boolean closing;
  private Optional<String> lost = Optional.empty();

  private TagKeeper(
      TagStore store, VolumePosition recorded, long leaseEnd, TagSync sync, TagListener listener) {
    this.store = store;
    this.recorded = recorded;
    this.newest = recorded;
    this.sync = sync;
    this.listener = listener;
    renewed(leaseEnd);
    this.thread = Thread.ofPlatform().daemon().name("volume-tags").unstarted(this::run);
  }

  /// Starts to hold a lease that CAS has just granted.
  ///
  /// @param recorded the state that CAS has
  /// @param leaseEnd when the lease ends, as [System#nanoTime]
  public static TagKeeper start(
      TagStore store, VolumePosition recorded, long leaseEnd, TagSync sync, TagListener listener) {
    var keeper = new TagKeeper(store, recorded, leaseEnd, sync, listener);
    keeper.thread.start();
    return keeper;
  }

  @Override
  public void durable(VolumePosition position) {
    lock.lock();
    try {
      if (position.sequence() <= newest.sequence()) {
        return;
      }
      if (!isBehind()) {
        recordedAsOf = System.nanoTime();
      }
      newest = position;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until CAS has recorded a state, whatever the policy says about others.
  public void record(VolumePosition position, Duration patience) throws IOException {
    durable(position);
    awaitRecord(position.sequence(), patience);
  }

  @Override
  public long acknowledged() {
    lock.lock();
    try {
      return recorded.sequence();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void awaitRecorded(long sequence) throws IOException {
    awaitRecord(sequence, TagSync.Strict.PATIENCE);
  }

  @Override
  public void await(long sequence) throws IOException {
    switch (sync) {
      case TagSync.Strict(var patience) -> awaitRecord(sequence, patience);
      case TagSync.Bounded _ -> requireWritable();
      case TagSync.Informative _ -> requireLease();
    }
  }

  private void awaitRecord(long sequence, Duration patience) throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    hurry(1);
    try {
      awaitCas(
          () -> recorded.sequence() < sequence,
          () -> end - System.nanoTime(),
          "CAS has not recorded the newest state for %d s".formatted(patience.toSeconds()));
    } finally {
      hurry(-1);
    }
  }

  private void hurry(int more) {
    lock.lock();
    try {
      waiting += more;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits while `pending`, at most as long as `left` says.
  ///
  /// @param failure what has happened when nothing is left
  private void awaitCas(BooleanSupplier pending, LongSupplier left, String failure)
      throws IOException {
    lock.lock();
    try {
      while (pending.getAsBoolean()) {
        failIfLost();
        long nanos = left.getAsLong();
        if (nanos <= 0) {
          throw new LeaseLostException(failure);
        }
        changed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LeaseLostException("interrupted while waiting for CAS");
    } finally {
      lock.unlock();
    }
  }

  /// Returns when changes are possible. Waits for CAS as long as an fsync does.
  @Override
  public void requireWritable() throws IOException {
    requireLease();
    if (sync instanceof TagSync.Bounded(var window)) {
      awaitWindow(window.toNanos());
    }
  }

  private void requireLease() throws IOException {
    lock.lock();
    try {
      failIfLost();
      if (leaseLeft() <= 0) {
        throw new LeaseLostException(
            "the lease of the volume has ended, because CAS has not answered");
      }
    } finally {
      lock.unlock();
    }
  }

  private void awaitWindow(long window) throws IOException {
    long end = System.nanoTime() + TagSync.Strict.PATIENCE.toNanos();
    awaitCas(
        () -> isBehind() && System.nanoTime() - recordedAsOf > window,
        () -> Math.min(end - System.nanoTime(), leaseLeft()),
        "CAS has recorded no state for more than %d ms"
            .formatted(TimeUnit.NANOSECONDS.toMillis(window)));
  }

  private boolean isBehind() {
    return recorded.sequence() < newest.sequence();
  }

  private void failIfLost() throws LeaseLostException {
    if (lost.isPresent()) {
      throw new LeaseLostException("the lease of the volume is lost: " + lost.get());
    }
  }

  private long leaseLeft() {
    return leaseEnd - System.nanoTime();
  }

  private void renewed(long end) {
    leaseEnd = end;
    renewalDue = System.nanoTime() + leaseLeft() / RENEWALS;
  }

  private boolean mustRenew() {
    return renewalDue - System.nanoTime() <= 0;
  }

  private boolean mustAdvance() {
    return isBehind() && (waiting > 0 || advanceDue - System.nanoTime() <= 0);
  }

  /// Tells CAS new states, and renews the lease when there is none.
  private void run() {
    var pause = FIRST_PAUSE;
    try {
      while (awaitWork()) {
        if (step()) {
          pause = FIRST_PAUSE;
        } else {
          Thread.sleep(pause);
          var next = pause.multipliedBy(2);
          pause = next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE;
        }
      }
    } catch (InterruptedException _) {
      // Closed while CAS did not answer.
    } catch (RuntimeException e) {
      lose("a defect of the agent: " + e);
    }
  }

  /// Ends all changes, because nobody would tell CAS of them.
  private void lose(String reason) {
    lock.lock();
    try {
      lost = Optional.of(reason);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    listener.lost(reason);
  }

  /// Waits until there is something to tell. Returns false if there will be nothing any more.
  private boolean awaitWork() throws InterruptedException {
    lock.lock();
    try {
      while (lost.isEmpty() && !mustAdvance() && !closing && !mustRenew()) {
        long due = isBehind() ? Math.min(renewalDue, advanceDue) : renewalDue;
        changed.awaitNanos(due - System.nanoTime());
      }
      return lost.isEmpty() && (isBehind() || !closing);
    } finally {
      lock.unlock();
    }
  }

  /// Makes one request. Returns whether CAS answered.
  private boolean step() {
    VolumePosition from;
    VolumePosition to;
    boolean renews;
    lock.lock();
    try {
      renews = mustRenew();
      from = recorded;
      to = newest;
      advanceDue = System.nanoTime() + sync.pace().toNanos();
    } finally {
      lock.unlock();
    }
    long start = System.nanoTime();
    try {
      answered(renews ? store.renew() : store.advance(from, to), to, start);
      return true;
    } catch (IOException e) {
      silent(String.valueOf(e.getMessage()));
      return false;
    }
  }

  private void answered(Answer answer, VolumePosition to, long start) {
    boolean wasSilent;
    lock.lock();
    try {
      wasSilent = silent;
      silent = false;
      switch (answer) {
        case Answer.Recorded() -> {
          recorded = to;
          recordedAsOf = start;
        }
        case Answer.Renewed(var end) -> renewed(end);
        case Answer.Lost(var reason) -> lost = Optional.of(reason);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (wasSilent) {
      listener.answers();
    }
    if (answer instanceof Answer.Lost(var reason)) {
      listener.lost(reason);
    }
  }

  private void silent(String reason) {
    boolean isNews;
    lock.lock();
    try {
      isNews = !silent;
      silent = true;
    } finally {
      lock.unlock();
    }
    if (isNews) {
      listener.silent(reason);
    }
  }

  /// Ends the lease after CAS has recorded the newest state. Waits for that for at most `patience`.
  ///
  /// @return whether CAS has recorded it
  public boolean finish(Duration patience) throws InterruptedException {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    thread.join(patience);
    thread.interrupt();
    thread.join(LONGEST_PAUSE);
    lock.lock();
    try {
      if (isBehind() || lost.isPresent()) {
        return false;
      }
    } finally {
      lock.unlock();
    }
    try {
      store.release();
    } catch (IOException e) {
      listener.silent(String.valueOf(e.getMessage())); // the lease ends by itself
    }
    return true;
  }

  /// Stops without another request. The lease ends by itself.
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      newest = recorded;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
  }
}
