package dev.testudo.cas.collateral;

import dev.testudo.cas.admission.Origin;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.collateral.CollateralCache;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/// Fetches documents that requests lack. Strangers cause such requests, so everything has a limit:
/// what waits, what one address may cause, and how often something that could not be had is asked
/// for again. What exceeds a limit is refused. Thread-safe.
final class DemandedDocuments implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(DemandedDocuments.class.getName());
  static final int MOST_WAITING = 32;
  static final int MOST_PER_ORIGIN = 8;
  static final int MOST_FAILED = 1000;

  /// How long something that could not be had is not asked for again.
  static final Duration REST = Duration.ofMinutes(2);

  private final Intake intake;
  private final CollateralCache cache;
  private final InstantSource clock;
  private final Duration patience;
  private final ThreadPoolExecutor intel = workers("collateral-intel", 2);

  /// AMD's service takes one request at a time.
  private final ThreadPoolExecutor amd = workers("collateral-amd", 1);

  private final Map<DocumentId, CompletableFuture<Void>> inFlight = new HashMap<>();
  private final Map<Origin, Integer> caused = new HashMap<>();
  private final Map<DocumentId, Failure> failed = new HashMap<>();

  /// Something that could not be had.
  private record Failure(String reason, Instant until) {}

  /// A request cannot have what it lacks; the message says why.
  private static final class Unobtainable extends Exception {
    private static final long serialVersionUID = 1;

    Unobtainable(String reason) {
      super(reason, null, false, false);
    }
  }

  DemandedDocuments(Intake intake, CollateralCache cache, InstantSource clock, Duration patience) {
    this.intake = intake;
    this.cache = cache;
    this.clock = clock;
    this.patience = patience;
  }

  private static ThreadPoolExecutor workers(String name, int count) {
    return new ThreadPoolExecutor(
        count,
        count,
        0,
        TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(MOST_WAITING),
        Thread.ofPlatform().daemon().name(name).factory());
  }

  /// Waits until documents are there, but not long. What is not there by then is still fetched.
  Obtaining await(Set<DocumentId> missing, Origin origin) {
    try {
      var futures = new ArrayList<CompletableFuture<Void>>();
      for (var id : inOrder(missing)) {
        futures.add(fetch(id, origin));
      }
      CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return new Obtaining.Obtained();
    } catch (Unobtainable e) {
      return still(missing, String.valueOf(e.getMessage()));
    } catch (ExecutionException e) {
      return still(missing, reason(e));
    } catch (TimeoutException e) {
      return still(missing, "CAS is fetching them; try again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return still(missing, "CAS stops");
    }
  }

  /// Names what is not there after a wait.
  private Obtaining still(Set<DocumentId> missing, String why) {
    var now = cache.current();
    var left = missing.stream().filter(id -> now.find(id).isEmpty()).collect(Collectors.toSet());
    return left.isEmpty() ? new Obtaining.Obtained() : unavailable(left, why);
  }

  /// Chains come first, because AMD's other documents are verified with them.
  private static List<DocumentId> inOrder(Set<DocumentId> ids) {
    return ids.stream()
        .sorted(Comparator.comparing((DocumentId id) -> !(id instanceof DocumentId.AmdChain)))
        .toList();
  }

  private static String reason(ExecutionException e) {
    var cause = e.getCause();
    return cause == null ? "it cannot be fetched" : String.valueOf(cause.getMessage());
  }

  static Obtaining unavailable(Set<DocumentId> missing, String why) {
    var names = new TreeSet<String>();
    missing.forEach(id -> names.add(id.toString()));
    return new Obtaining.Unavailable(
        "collateral is missing (%s): %s".formatted(String.join(", ", names), why));
  }

  private synchronized CompletableFuture<Void> fetch(DocumentId id, Origin origin)
      throws Unobtainable {
    var others = inFlight.get(id);
    if (others != null) {
      return others;
    }
    requirePermitted(id, origin);
    var mine = new CompletableFuture<Void>();
    try {
      workers(id).execute(() -> run(id, origin, mine));
    } catch (RejectedExecutionException e) {
      throw new Unobtainable("too many other documents are being fetched; try again");
    }
    inFlight.put(id, mine);
    caused.merge(origin, 1, Integer::sum);
    return mine;
  }

  private void requirePermitted(DocumentId id, Origin origin) throws Unobtainable {
    var now = clock.instant();
    failed.values().removeIf(failure -> !failure.until().isAfter(now));
    var before = failed.get(id);
    if (before != null) {
      throw new Unobtainable(before.reason());
    }
    if (failed.size() >= MOST_FAILED) {
      throw new Unobtainable("too many documents could not be had lately; try again later");
    }
    if (caused.getOrDefault(origin, 0) >= MOST_PER_ORIGIN) {
      throw new Unobtainable("too many documents are being fetched for your address; try again");
    }
  }

  private ThreadPoolExecutor workers(DocumentId id) {
    return switch (id) {
      case DocumentId.TcbInfo _,
          DocumentId.QeIdentity _,
          DocumentId.PckCrl _,
          DocumentId.IntelRootCrl _ ->
          intel;
      case DocumentId.AmdChain _, DocumentId.AmdCrl _, DocumentId.Vcek _ -> amd;
    };
  }

  private void run(DocumentId id, Origin origin, CompletableFuture<Void> future) {
    try {
      cache.reload(); // somebody may have imported it
      if (cache.current().find(id).isEmpty()) {
        intake.take(id);
      }
      ended(id, origin);
      future.complete(null);
    } catch (IOException e) {
      failed(id, origin, String.valueOf(e.getMessage()));
      future.completeExceptionally(e);
    } catch (RuntimeException | Error e) {
      failed(id, origin, "CAS has a defect; its log says more");
      future.completeExceptionally(new IOException("CAS has a defect; its log says more", e));
      LOG.log(Level.ERROR, "collateral " + id + " cannot be fetched", e);
    }
  }

  private synchronized void ended(DocumentId id, Origin origin) {
    inFlight.remove(id);
    caused.computeIfPresent(origin, (_, count) -> count == 1 ? null : count - 1);
  }

  private synchronized void failed(DocumentId id, Origin origin, String reason) {
    ended(id, origin);
    failed.put(id, new Failure(reason, clock.instant().plus(REST)));
    LOG.log(Level.WARNING, "collateral that a caller needs cannot be had: {0}", reason);
  }

  /// Returns how many documents are being fetched or wait for it.
  synchronized int waiting() {
    return inFlight.size();
  }

  /// Cancels what is in flight.
  @Override
  public void close() {
    for (var pool : List.of(intel, amd)) {
      pool.shutdownNow();
    }
  }
}
