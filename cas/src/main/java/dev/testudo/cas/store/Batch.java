package dev.testudo.cas.store;

import dev.testudo.cas.store.database.AnchorUnavailableException;
import dev.testudo.cas.store.database.ConflictException;
import dev.testudo.cas.store.database.DiskFullException;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.database.UnavailableException;
import dev.testudo.cas.store.log.AuditTable;
import dev.testudo.cas.store.log.Head;
import dev.testudo.cas.store.seal.StateDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// The work of several callers that one transaction of the database commits together. It grows
/// under the lock of the store; each caller waits for its end without that lock.
final class Batch {
  /// The most members of one batch.
  private static final int MOST = 32;

  private final CountDownLatch ended = new CountDownLatch(1);
  private final Head before;
  private final List<byte[]> lines = new ArrayList<>();
  private Head head;
  private boolean cut;
  private int members;
  private volatile @Nullable StoreException failure;

  Batch(Head before) {
    this.before = before;
    this.head = before;
  }

  Head before() {
    return before;
  }

  /// Returns the head after the members so far.
  Head head() {
    return head;
  }

  /// Returns the lines that the members have added to the log.
  AuditTable.Added added() {
    return new AuditTable.Added(head, lines, cut);
  }

  boolean isEmpty() {
    return members == 0;
  }

  boolean isFull() {
    return members >= MOST;
  }

  /// Adds a member.
  ///
  /// @param state the digest of all rows after its work
  void add(AuditTable.Added more, StateDigest.Sum state) {
    head = more.head().withState(state);
    lines.addAll(more.lines());
    cut |= more.cut();
    members++;
  }

  /// Ends the batch: all of it is committed.
  void succeed() {
    ended.countDown();
  }

  /// Ends the batch: nothing of it is committed. Has no effect if it has ended already.
  void fail(StoreException reason) {
    if (ended.getCount() > 0) {
      failure = reason;
      ended.countDown();
    }
  }

  /// Waits until the batch has ended.
  ///
  /// @throws StoreException if nothing of it was committed
  void await() throws StoreException {
    var interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException e) {
        // Whether the work was committed must be known.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    var reason = failure;
    if (reason != null) {
      throw own(reason);
    }
  }

  /// Returns an exception for one member: each throws its own.
  private static StoreException own(StoreException reason) {
    var message = String.valueOf(reason.getMessage());
    return switch (reason) {
      case AnchorUnavailableException _ -> new AnchorUnavailableException(message, reason);
      case ConflictException _ -> new ConflictException(reason);
      case DiskFullException _ -> new DiskFullException(message, reason);
      case UnavailableException _ -> new UnavailableException(message, reason);
      default -> new StoreException(message, reason);
    };
  }
}
