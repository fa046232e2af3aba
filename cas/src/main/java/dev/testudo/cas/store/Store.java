package dev.testudo.cas.store;

import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.database.ConflictException;
import dev.testudo.cas.store.database.DiskFullException;
import dev.testudo.cas.store.log.AuditBudget;
import dev.testudo.cas.store.log.AuditTable;
import dev.testudo.cas.store.log.AuditTrail;
import dev.testudo.cas.store.log.Head;
import dev.testudo.cas.store.space.Space;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// What CAS keeps, its audit log included. Work happens in transactions, one at a time; one that
/// ends with an exception, or with the end of the process, leaves nothing behind. What a
/// transaction did and what the log tells of it become durable together.
///
/// Work may be run more than once before it is committed. It has no effect but on its transaction.
public final class Store implements AutoCloseable {
  private final StoredState state;
  private final Identity identity;
  private final AuditTrail audit;
  private final AuditBudget budget = new AuditBudget(System::nanoTime);
  private final Space space;
  private final Health health;

  /// Fair: of several who are in a hurry none waits for more than one piece of work of each other.
  private final ReentrantLock lock = new ReentrantLock(true);

  private final Housekeeping housekeeping;

  Store(StoredState state, Identity identity, AuditTrail audit, Space space, Health health) {
    this.state = state;
    this.identity = identity;
    this.audit = audit;
    this.space = space;
    this.health = health;
    this.housekeeping = Housekeeping.start(this::keepHouse);
  }

  /// What is done within a transaction.
  @FunctionalInterface
  public interface Work<R, X extends Exception> {
    /// Does it. Any exception undoes everything.
    Outcome<R> in(Transaction transaction) throws IOException, X;
  }

  /// What is looked up within a transaction.
  @FunctionalInterface
  public interface Reading<R, X extends Exception> {
    /// Looks it up and changes nothing.
    R in(Transaction transaction) throws IOException, X;
  }

  /// Opens what is in `directory`, making it on first use, and checks all of it.
  ///
  /// @param health is told when something fails later
  public static Store open(StateDirectory directory, StoreOptions options, Health health)
      throws IOException {
    return Opening.open(directory, options, health);
  }

  /// Checks all of what is in `directory` and changes nothing.
  ///
  /// @return number and hash of the audit log's newest line, with a colon between them
  /// @throws StoreException if anything is not as CAS left it, or the directory is no state
  public static String verify(StateDirectory directory, StoreOptions options) throws IOException {
    return Opening.verify(directory, options);
  }

  /// The key of CAS, which clients pin and which signs the audit log.
  public Identity identity() {
    return identity;
  }

  /// Does `work` in a transaction of its own and makes it durable before returning.
  ///
  /// @param caller stands beside the events in the log; empty if CAS works by itself
  /// @throws DiskFullException while there is no space
  public <R, X extends Exception> R transact(Optional<Caller> caller, Work<R, X> work)
      throws IOException, X {
    space.demand();
    try {
      return once(caller, work);
    } catch (DiskFullException e) {
      space.ranOut();
      throw e;
    }
  }

  /// As [#transact], for what goes on while the disk is full as long as the space that is set aside
  /// for it lasts: giving out what is stored, and the log's line about it.
  public <R, X extends Exception> R deliver(Optional<Caller> caller, Work<R, X> work)
      throws IOException, X {
    try {
      return once(caller, work);
    } catch (DiskFullException e) {
      space.ranOut();
      if (!space.useReserve()) {
        throw e;
      }
      return once(caller, work);
    }
  }

  /// Looks something up. Nothing is written.
  public <R, X extends Exception> R read(Reading<R, X> reading) throws IOException, X {
    return once(Optional.empty(), transaction -> Outcome.unlogged(reading.in(transaction)));
  }

  /// Logs an event that anybody can cause, by itself or, where there are too many, as one of a
  /// count.
  public void note(Caller caller, AuditEvent event) throws IOException {
    if (space.isFull() || !budget.admits(caller)) {
      budget.count(caller, event);
      return;
    }
    try {
      once(Optional.of(caller), _ -> Outcome.of(true, event));
    } catch (DiskFullException e) {
      space.ranOut();
      budget.count(caller, event);
    }
  }

  /// The lines of the log that tell of one request, oldest first; each is JSON.
  ///
  /// @param request its name, see [Caller#request()]
  public List<byte[]> ofRequest(String request) throws IOException {
    lock.lock();
    try {
      return AuditTable.ofRequest(state.connection(), request);
    } catch (SQLException e) {
      throw state.failed(e);
    } finally {
      lock.unlock();
    }
  }

  /// The key hashes of everybody who created a session that is there.
  public List<String> creators() {
    lock.lock();
    try {
      return state.holdings().creators();
    } finally {
      lock.unlock();
    }
  }

  private <R, X extends Exception> R once(Optional<Caller> caller, Work<R, X> work)
      throws IOException, X {
    for (var left = StoredState.MOST_RUNS; left > 0; left--) {
      try {
        return once(caller, work, false);
      } catch (NotAtHand lacking) {
        lacking.make();
      } catch (ConflictException e) {
        // Nothing of it remains; it is run again.
      }
    }
    // Others keep coming first: now they wait.
    return once(caller, work, true);
  }

  private <R, X extends Exception> R once(
      Optional<Caller> caller, Work<R, X> work, boolean takingLong) throws IOException, X {
    lock.lock();
    var done = false;
    try {
      var transaction = state.begin();
      transaction.mayTakeLong(takingLong);
      var outcome = work.in(transaction);
      var before = state.head();
      var added = audit.add(state.connection(), before, caller, outcome.events());
      var after = added.head().withState(transaction.state());
      state.commit(after.equals(before) ? after : after.withExported(audit.copied()));
      done = true;
      health.works(Health.Cause.DATABASE_FAILED);
      copy(before, added);
      return outcome.answer();
    } catch (SQLException e) {
      throw state.failed(e);
    } finally {
      try {
        if (!done) {
          state.undo();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /// The copy may lag behind; [#keepHouse()] repairs it.
  private void copy(Head before, AuditTable.Added added) {
    try {
      audit.copy(state.connection(), before, added);
    } catch (IOException | SQLException e) {
      health.failing(
          Health.Cause.AUDIT_FILE_BEHIND,
          "audit.jsonl cannot be written; the log in the database is whole: " + e.getMessage());
    }
  }

  /// What is done once a second: looks whether what failed works again, and logs what was counted.
  private void keepHouse() {
    try {
      space.recover(this::probe);
      if (health.cause().isPresent() && !space.isFull()) {
        probe();
      }
      var counted = space.isFull() ? Optional.<AuditEvent>empty() : budget.counted();
      if (counted.isPresent()) {
        once(Optional.empty(), _ -> Outcome.of(true, counted.get()));
      }
    } catch (IOException e) {
      // The failure was told of where it happened, and is tried again.
    }
    syncCopy();
  }

  /// Writes something small: how far the log's copy is safe.
  private void probe() throws IOException {
    lock.lock();
    try {
      state.within(
          _ -> {
            state.commit(state.head().withExported(audit.copied()));
            return true;
          });
      health.works(Health.Cause.DATABASE_FAILED);
    } finally {
      lock.unlock();
    }
  }

  private void syncCopy() {
    lock.lock();
    try {
      audit.catchUp(state.connection());
      health.works(Health.Cause.AUDIT_FILE_BEHIND);
    } catch (IOException | SQLException e) {
      health.failing(
          Health.Cause.AUDIT_FILE_BEHIND, "audit.jsonl cannot be written: " + e.getMessage());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    housekeeping.close();
    lock.lock();
    try (state;
        audit) {
      var counted = budget.take();
      once(Optional.empty(), _ -> new Outcome<>(true, counted.map(List::of).orElse(List.of())));
      syncCopy();
      probe();
    } finally {
      lock.unlock();
    }
  }
}
