package dev.testudo.cas.store;

import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.backup.BackupFile;
import dev.testudo.cas.store.backup.BackupRequests;
import dev.testudo.cas.store.database.ConflictException;
import dev.testudo.cas.store.database.DiskFullException;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.database.UnavailableException;
import dev.testudo.cas.store.key.KeySource;
import dev.testudo.cas.store.log.AuditBudget;
import dev.testudo.cas.store.log.AuditTable;
import dev.testudo.cas.store.log.AuditTrail;
import dev.testudo.cas.store.log.Head;
import dev.testudo.cas.store.space.Space;
import dev.testudo.trust.audit.AuditKeys;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The persistent state of CAS, including its audit log. Work runs in transactions, one at a time.
/// A transaction that ends with an exception, or with the end of the process, leaves no trace. A
/// transaction and its audit events are committed together.
///
/// Transactions that wait for each other share a commit of the database. Each returns after that
/// commit, and none fails because of another one.
///
/// Work may run more than once before it is committed, so it must have no other effects.
public final class Store implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Store.class.getName());

  private final StoredState state;
  private final Snapshots snapshots;
  private final CasIdentity identity;
  private final AuditTrail audit;
  private final Anchoring anchoring;
  private final AuditBudget budget = new AuditBudget(System::nanoTime);
  private final Space space;
  private final BackupRequests backups;
  private final Health health;

  /// A fair lock, so that no short transaction waits for more than one transaction
  /// of each other thread.
  private final ReentrantLock lock = new ReentrantLock(true);

  /// The transaction that others may still join; guarded by the lock.
  private @Nullable Batch batch;

  private final Housekeeping housekeeping;

  Store(
      StoredState state,
      Snapshots snapshots,
      CasIdentity identity,
      AuditTrail audit,
      Space space,
      BackupRequests backups,
      Health health) {
    this.state = state;
    this.snapshots = snapshots;
    this.identity = identity;
    this.audit = audit;
    this.anchoring = new Anchoring(audit, state, health);
    this.space = space;
    this.backups = backups;
    this.health = health;
    this.housekeeping = Housekeeping.start(this::keepHouse);
  }

  /// The work of a transaction.
  @FunctionalInterface
  public interface Work<R, X extends Exception> {
    /// Does the work. An exception rolls the transaction back.
    Outcome<R> in(Transaction transaction) throws IOException, X;
  }

  /// A query.
  @FunctionalInterface
  public interface Reading<R, X extends Exception> {
    /// Runs the query and changes nothing.
    R in(Transaction transaction) throws IOException, X;
  }

  /// Opens the store in `directory`, creates it on first use, and checks all of it.
  ///
  /// @param health receives reports of later failures
  public static Store open(StateDirectory directory, StoreOptions options, Health health)
      throws IOException {
    return Opening.open(directory, options, health);
  }

  /// Checks the whole store in `directory` and changes nothing.
  ///
  /// @return the number and hash of the audit log's last line, with a colon between them
  /// @throws StoreException if anything is not as CAS left it, or the directory is
  ///     not a state of CAS
  public static String verify(StateDirectory directory, StoreOptions options) throws IOException {
    return Opening.verify(directory, options);
  }

  /// Checks the whole store in `directory`, and changes its master key from that of `options` to
  /// `next`. The content is not encrypted again.
  ///
  /// @throws StoreException if anything is not as CAS left it, or one of the keys cannot be used;
  ///     the store then opens with the old key
  public static void rekey(StateDirectory directory, StoreOptions options, KeySource next)
      throws IOException {
    Opening.rekey(directory, options, next);
  }

  /// Returns the identity of CAS, whose key clients pin.
  public Identity identity() {
    return identity.tls();
  }

  /// Returns the keys that verify the audit log.
  public AuditKeys auditKeys() {
    return identity.signer().keys();
  }

  /// Runs `work` in a transaction and commits it before returning.
  ///
  /// @param caller the caller that the audit log names with the events; empty if CAS
  ///     acts on its own
  /// @throws DiskFullException while the disk is full
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

  /// Runs `work` like [#transact], but also while the disk is full, as long as the reserve of space
  /// lasts. For returning what is stored, together with the audit event.
  public <R, X extends Exception> R deliver(Optional<Caller> caller, Work<R, X> work)
      throws IOException, X {
    try {
      return once(caller, work);
    } catch (DiskFullException e) {
      space.ranOut();
      // Of callers that share a commit only one frees the reserve.
      space.useReserve();
      return once(caller, work);
    }
  }

  /// Runs a query on what is committed when it begins. It waits for no transaction, and writes
  /// nothing. If it needs what only a transaction has, such as [Transaction#held(String)], it runs
  /// again as a transaction.
  public <R, X extends Exception> R read(Reading<R, X> reading) throws IOException, X {
    for (var left = StoredState.MOST_RUNS; left > 0; left--) {
      try {
        return snapshots.read(reading);
      } catch (NeedsTurn e) {
        break;
      } catch (ConflictException e) {
        // The connection was lost, and the next attempt has another one.
      } catch (StoreException e) {
        if (e.reason() == StoreException.Reason.OLDER_DATABASE) {
          tellOfChange(e);
        }
        throw e;
      }
    }
    return deliver(Optional.empty(), transaction -> Outcome.unlogged(reading.in(transaction)));
  }

  /// Logs an event that anybody can cause. If there are too many, events are only counted.
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

  /// Returns the audit lines about one request, oldest first. Each is JSON.
  ///
  /// @param request the id of the request, see [Caller#request()]
  public List<byte[]> ofRequest(String request) throws IOException {
    return read(transaction -> transaction.linesOfRequest(request));
  }

  /// Writes a consistent copy of the database to a new file with mode 0600, and logs it. Requests
  /// wait while the database is copied.
  ///
  /// @return the line of the audit log, which describes the copy
  public byte[] copyTo(Path file) throws IOException {
    BackupFile.create(file);
    Head head;
    lock.lock();
    try {
      flush();
      head = state.copyTo(file);
    } catch (SQLException e) {
      throw new StoreException("the database cannot be copied: " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
    var hash = BackupFile.sha256(file);
    var event = new AuditEvent.BackedUp(head.text(), Files.size(file), hash, auditKeys());
    transact(Optional.empty(), _ -> Outcome.of(true, event));
    return this.<Optional<byte[]>, IOException>read(t -> t.newestLine(hash))
        .orElseThrow(() -> new StoreException("the audit log lost the line of the backup"));
  }

  /// Returns the key hashes of the creators of all sessions.
  public List<String> creators() {
    lock.lock();
    try {
      flush();
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
        // It was rolled back and runs again.
      }
    }
    // Others keep coming first; this run makes them wait.
    return once(caller, work, true);
  }

  /// Runs `work` as a member of the open batch, and returns once the batch is committed. A caller
  /// for whom nobody waits commits the batch; otherwise the next one does, or the one after it.
  /// Work that fails has read what the members before it did, so its exception waits for their
  /// commit too.
  private <R, X extends Exception> R once(
      Optional<Caller> caller, Work<R, X> work, boolean takingLong) throws IOException, X {
    Batch mine = null;
    try {
      lock.lock();
      try {
        if (takingLong) {
          flush();
        }
        mine = open();
        return join(mine, caller, work, takingLong);
      } catch (SQLException e) {
        throw state.failed(e);
      } finally {
        leave(takingLong);
      }
    } finally {
      if (mine != null) {
        mine.await();
      }
    }
  }

  private Batch open() throws SQLException, IOException {
    var open = batch;
    if (open == null) {
      var begun = false;
      try {
        state.beginBatch();
        open = new Batch(state.head());
        begun = true;
      } catch (StoreException e) {
        if (e.reason() != StoreException.Reason.OTHER) {
          tellOfChange(e);
        }
        throw e;
      } finally {
        if (!begun) {
          state.undo();
        }
      }
      batch = open;
    }
    return open;
  }

  /// Somebody changed the database: every request fails from now on.
  private void tellOfChange(StoreException e) {
    health.failing(Health.Cause.DATABASE_FAILED, String.valueOf(e.getMessage()));
  }

  private <R, X extends Exception> R join(
      Batch open, Optional<Caller> caller, Work<R, X> work, boolean takingLong)
      throws SQLException, IOException, X {
    var done = false;
    var mark = -1;
    try {
      // Without members there is nothing to return to: the whole transaction is undone.
      mark = open.isEmpty() ? -1 : state.mark();
      var transaction = state.member(open.head());
      transaction.mayTakeLong(takingLong);
      var outcome = work.in(transaction);
      var added = audit.add(state.connection(), open.head(), caller, outcome.events());
      if (mark >= 0) {
        state.release();
      }
      open.add(added, transaction.state());
      done = true;
      return outcome.answer();
    } finally {
      if (!done) {
        leaveOut(open, mark);
      }
    }
  }

  /// Undoes the work of one member, which failed. If that is impossible, the whole batch fails, and
  /// its members run again.
  private void leaveOut(Batch open, int mark) throws StoreException {
    try {
      if (mark >= 0) {
        state.undoTo(mark);
        return;
      }
    } catch (SQLException e) {
      open.fail(new ConflictException(e));
    }
    batch = null;
    if (open.isEmpty()) {
      // Nobody else's work was in it, so there is nothing to wait for.
      open.succeed();
    }
    open.fail(new ConflictException(new IllegalStateException("the transaction was lost")));
    state.undo();
  }

  /// Releases the lock. Commits the batch before that if nobody is waiting to join it.
  private void leave(boolean atOnce) {
    try {
      var open = batch;
      if (open != null && (atOnce || open.isFull() || !lock.hasQueuedThreads())) {
        flush();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Commits the open batch, if there is one, and lets its members return.
  private void flush() {
    var open = batch;
    if (open == null) {
      return;
    }
    batch = null;
    var done = false;
    try {
      anchoring.demandRoom(open.before());
      var made = open.head();
      var after = state.commit(made.equals(open.before()) ? made : audit.withCopied(made));
      done = true;
      snapshots.isNow(after);
      health.works(Health.Cause.DATABASE_FAILED);
      anchoring.anchor(after);
      copy(open.before(), open.added());
      open.succeed();
    } catch (SQLException e) {
      open.fail(state.failed(e));
    } catch (StoreException e) {
      open.fail(e);
    } catch (IOException e) {
      open.fail(new StoreException("the transaction cannot be committed: " + e.getMessage(), e));
    } finally {
      if (!done) {
        undo(open);
      }
      open.fail(new StoreException("the transaction was not committed"));
    }
  }

  private void undo(Batch open) {
    try {
      state.undo();
    } catch (StoreException e) {
      open.fail(e);
    }
  }

  /// Copies the new lines of the log. If that fails, [#keepHouse()] repairs the copy later.
  private void copy(Head before, AuditTable.Added added) {
    try {
      audit.copy(state.connection(), before, added);
    } catch (IOException | SQLException e) {
      health.failing(
          Health.Cause.AUDIT_FILE_BEHIND,
          "cannot write audit.jsonl; the log in the database is complete: " + e.getMessage());
    }
  }

  /// Runs once a second: checks whether what failed works again, and logs counted events.
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
      // The failure has been reported where it happened; the next run tries again.
    }
    syncCopy();
    try {
      backups.answer(this::copyTo);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "CAS cannot answer a request for a backup: {0}", e.getMessage());
    }
  }

  /// Writes a small value: the number of the last line that is durable in the copy.
  private void probe() throws IOException {
    lock.lock();
    try {
      flush();
      var head =
          state.within(
              _ -> {
                return state.commit(audit.withCopied(state.head()));
              });
      anchoring.anchor(head);
      health.works(Health.Cause.DATABASE_FAILED);
    } finally {
      lock.unlock();
    }
  }

  private void syncCopy() {
    lock.lock();
    try {
      flush();
      state.reading(() -> audit.catchUp(state.connection()));
      health.works(Health.Cause.AUDIT_FILE_BEHIND);
      state.tidy(snapshots);
    } catch (UnavailableException e) {
      // That has been reported; the copy follows when the database is back.
    } catch (IOException | SQLException e) {
      health.failing(Health.Cause.AUDIT_FILE_BEHIND, "cannot write audit.jsonl: " + e.getMessage());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    housekeeping.close();
    try (state;
        snapshots;
        audit) {
      var counted = budget.take();
      once(Optional.empty(), _ -> new Outcome<>(true, counted.map(List::of).orElse(List.of())));
      syncCopy();
      probe();
    }
  }
}
