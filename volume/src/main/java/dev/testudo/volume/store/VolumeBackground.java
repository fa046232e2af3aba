package dev.testudo.volume.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What a volume does by itself: a commit a second, a checkpoint every 30 s, and making chunks
/// durable before a commit needs it.
final class VolumeBackground {
  private static final long COMMIT_EVERY = TimeUnit.SECONDS.toNanos(1);
  private static final long CHECKPOINT_EVERY = TimeUnit.SECONDS.toNanos(30);

  /// So many bytes are made durable at once.
  private static final long FLUSH_BYTES = 8 << 20;

  private final VolumeCommitter committer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wanted = lock.newCondition();
  private final List<Thread> threads = new ArrayList<>();
  private long unflushed;
  private boolean stopped;

  /// What is done after a checkpoint.
  interface Reclaim {
    void run() throws IOException;
  }

  VolumeBackground(VolumeCommitter committer) {
    this.committer = committer;
  }

  /// Starts the threads.
  void start(Reclaim reclaim) {
    threads.add(Thread.ofPlatform().daemon().name("volume-commit").start(() -> commit(reclaim)));
    threads.add(Thread.ofPlatform().daemon().name("volume-flush").start(this::flush));
  }

  /// Chunks were written to their slots.
  void written(long bytes) {
    lock.lock();
    try {
      unflushed += bytes;
      if (unflushed >= FLUSH_BYTES) {
        wanted.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void commit(Reclaim reclaim) {
    long checkpoint = System.nanoTime() + CHECKPOINT_EVERY;
    while (sleep()) {
      try {
        committer.commit();
        if (System.nanoTime() - checkpoint >= 0) {
          committer.checkpoint();
          reclaim(reclaim);
          checkpoint = System.nanoTime() + CHECKPOINT_EVERY;
        }
      } catch (NoSpaceException _) {
        // The next one tries again; whoever syncs is told.
      } catch (IOException e) {
        return; // nothing is written any more, which every caller is told
      }
    }
  }

  /// Space is not worth the commits: it may meet damage, or a time in which CAS permits no changes.
  /// An error of the disk also fails the next commit.
  private static void reclaim(Reclaim reclaim) {
    try {
      reclaim.run();
    } catch (IOException _) {
      // What it has met is reported where it was met; it is tried again later.
    }
  }

  /// Returns false when the volume is being closed.
  private boolean sleep() {
    lock.lock();
    try {
      long left = COMMIT_EVERY;
      while (!stopped && left > 0) {
        left = wanted.awaitNanos(left);
      }
      return !stopped;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void flush() {
    while (awaitUnflushed()) {
      try {
        committer.syncSegments();
      } catch (IOException e) {
        committer.fail(e);
        return;
      }
    }
  }

  private boolean awaitUnflushed() {
    lock.lock();
    try {
      while (!stopped && unflushed < FLUSH_BYTES) {
        wanted.await();
      }
      unflushed = 0;
      return !stopped;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// Ends the threads, and waits for what they do.
  void stop() {
    lock.lock();
    try {
      stopped = true;
      wanted.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      for (var thread : threads) {
        thread.join();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
