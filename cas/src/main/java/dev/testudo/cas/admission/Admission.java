package dev.testudo.cas.admission;

import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Admits requests from the web server to the services. A request waits for its turn and is then
/// executed by one of a few worker threads. The time it takes is charged to its caller.
public final class Admission implements AutoCloseable {
  private static final int RESERVED_WORKERS = 3;

  private final Callers callers;
  private final LongSupplier nanoTime;
  private final Accounts accounts;
  private final Handshakes handshakes;
  private final HeldBytes held = new HeldBytes();
  private final Turns turns;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Set<Worker> workers = ConcurrentHashMap.newKeySet();

  /// The work of one request.
  ///
  /// @param <R> the type of the result
  @FunctionalInterface
  public interface Work<R> {
    /// Does the work.
    R run() throws Refused, IOException;
  }

  /// Starts the workers.
  ///
  /// @param callers the known callers
  /// @param nanoTime a clock like [System#nanoTime()]
  public Admission(Callers callers, LongSupplier nanoTime) {
    this.callers = callers;
    this.nanoTime = nanoTime;
    this.accounts = new Accounts(nanoTime);
    this.turns = new Turns(accounts, nanoTime);
    this.handshakes = new Handshakes(callers, accounts, nanoTime);
    for (var i = 0; i < Limit.WORKERS.value(); i++) {
      var taking =
          i < RESERVED_WORKERS
              ? Turns.Taking.RESERVED
              : i < RESERVED_WORKERS + Limit.LARGE_WORKERS.value()
                  ? Turns.Taking.LARGE
                  : Turns.Taking.SMALL;
      new Worker("cas-worker-" + i, taking).start();
    }
  }

  /// Returns the admission of TLS handshakes, which precede requests.
  public Handshakes handshakes() {
    return handshakes;
  }

  /// Waits until `caller` may make another request, and counts it whether or not
  /// it will be answered.
  ///
  /// @throws Refused if the wait would take too long
  public void pace(Caller caller) throws Refused {
    var wait = accounts.pace(accounts.of(caller), callers.rank(caller));
    if (wait > Limit.TURN_SECONDS.seconds().toNanos()) {
      throw busy();
    }
    if (wait > 0) {
      try {
        TimeUnit.NANOSECONDS.sleep(wait);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw busy();
      }
    }
  }

  /// Starts to count the bytes that CAS holds for a body or an answer of `caller`.
  ///
  /// @param giveWay releases the bytes early; called at most once, by any thread
  public HeldBytes.Holding hold(Caller caller, Runnable giveWay) {
    return held.hold(Origin.of(caller.address()), callers.rank(caller), giveWay);
  }

  /// Runs `work` for `caller` when it is its turn.
  ///
  /// @param large true if the work may take long
  /// @throws Refused if the work refuses, or the turn does not come in time
  public <R> R work(Caller caller, boolean large, Work<R> work) throws Refused, IOException {
    var account = accounts.of(caller);
    var rank = callers.rank(caller);
    var job = new Job<R>(account, rank, work);
    var waiting = new Turns.Waiting(account, rank, large, nanoTime.getAsLong(), job);
    inFlight.incrementAndGet();
    try {
      turns.add(waiting).ifPresent(worst -> worst.work().giveWay());
      return job.result(waiting);
    } finally {
      inFlight.decrementAndGet();
    }
  }

  /// Waits, in the course of work, for something that other threads compute. Meanwhile a substitute
  /// worker serves other requests.
  ///
  /// @throws Refused if `waiting` refuses, or too many requests already wait so
  public <R> R aside(Work<R> waiting) throws Refused, IOException {
    return Thread.currentThread() instanceof Worker worker ? worker.aside(waiting) : waiting.run();
  }

  /// A thread that executes the work of one request at a time.
  private final class Worker extends Thread {
    private final Turns.Taking taking;
    private @Nullable Job<?> job;
    private boolean replaced;

    Worker(String name, Turns.Taking taking) {
      super(name);
      this.taking = taking;
      setDaemon(true);
      workers.add(this);
    }

    @Override
    public void run() {
      try {
        while (!replaced) {
          job = (Job<?>) turns.next(taking).work();
          job.run();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        workers.remove(this);
      }
    }

    <R> R aside(Work<R> waiting) throws Refused, IOException {
      var mine = Objects.requireNonNull(job);
      if (!accounts.stepAside(mine.account, mine.rank)) {
        throw busy();
      }
      var begin = nanoTime.getAsLong();
      try {
        // The substitute stays; this thread ends after its current work.
        if (!replaced) {
          replaced = true;
          new Worker(getName(), taking).start();
        }
        return waiting.run();
      } finally {
        mine.aside += nanoTime.getAsLong() - begin;
        accounts.stepBack(mine.account, mine.rank);
      }
    }
  }

  private final class Job<R> implements Turns.Work {
    private final Account account;
    private final Rank rank;
    private final Work<R> work;
    private final CompletableFuture<R> done = new CompletableFuture<>();

    /// The time spent waiting aside, in nanoseconds, which is not charged.
    private long aside;

    Job(Account account, Rank rank, Work<R> work) {
      this.account = account;
      this.rank = rank;
      this.work = work;
    }

    @Override
    public void run() {
      var start = nanoTime.getAsLong();
      try {
        done.complete(work.run());
      } catch (Refused | IOException | RuntimeException | Error e) {
        // Even an `Error` ends only this request: it must not cost a worker. (When memory runs out,
        // the JVM itself exits, as the launcher configures it.)
        done.completeExceptionally(e);
      } finally {
        accounts.charge(account, nanoTime.getAsLong() - start - aside);
      }
    }

    @Override
    public void giveWay() {
      done.completeExceptionally(busy());
    }

    R result(Turns.Waiting waiting) throws Refused, IOException {
      try {
        try {
          return done.get(Limit.TURN_SECONDS.value(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
          if (turns.leave(waiting)) {
            throw busy();
          }
          return done.get();
        }
      } catch (InterruptedException e) {
        turns.leave(waiting);
        Thread.currentThread().interrupt();
        throw busy();
      } catch (ExecutionException e) {
        throw rethrown(Objects.requireNonNull(e.getCause()));
      }
    }
  }

  private static IOException rethrown(Throwable cause) throws Refused {
    return switch (cause) {
      case Refused refused -> throw refused;
      case IOException io -> io;
      case RuntimeException bug -> throw bug;
      default -> new IOException(cause);
    };
  }

  private static Refused busy() {
    return new Refused(RefusalId.BUSY, "CAS is at its limit for callers like this one; try again");
  }

  /// Returns the gauges among the metrics. They contain no secrets.
  public List<Gauge> gauges() {
    return List.of(
        new Gauge("testudo_cas_requests_in_flight", inFlight.get()),
        new Gauge("testudo_cas_requests_waiting", turns.size()),
        new Gauge("testudo_cas_handshakes_waiting", handshakes.waiting()),
        new Gauge("testudo_cas_held_bytes", held.total()),
        new Gauge("testudo_cas_addresses", accounts.size()));
  }

  /// A value at this moment.
  public record Gauge(String name, long value) {}

  /// Returns true if `caller` may see the metrics: owners, and callers on this machine.
  public boolean maySeeMetrics(Caller caller) {
    return caller.address().isLoopbackAddress()
        || Optional.of(caller).flatMap(Caller::key).filter(callers::isOwner).isPresent();
  }

  /// Stops the workers.
  @Override
  public void close() {
    workers.forEach(Thread::interrupt);
  }
}
