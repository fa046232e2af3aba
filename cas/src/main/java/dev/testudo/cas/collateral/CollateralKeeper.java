package dev.testudo.cas.collateral;

import dev.testudo.cas.admission.Origin;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.collateral.CollateralAdmission;
import dev.testudo.trust.collateral.CollateralCache;
import dev.testudo.trust.collateral.CollateralFolder;
import dev.testudo.trust.collateral.DocumentVerifier;
import dev.testudo.trust.collateral.ManufacturerVerifier;
import dev.testudo.trust.collateral.StoredDocument;
import dev.testudo.trust.collateral.service.CollateralServices;
import dev.testudo.trust.collateral.service.DocumentSource;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/// Keeps the documents of manufacturers: in memory for verification, in a folder for later, and up
/// to date with a thread of its own. Thread-safe.
///
/// A request verifies evidence with [#current()]. If documents are missing, [#obtain] fetches them,
/// and the request verifies again, once.
public final class CollateralKeeper implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(CollateralKeeper.class.getName());

  /// How often the folder is read at most because a request lacks something.
  private static final Duration RELOAD = Duration.ofSeconds(1);

  /// How long the end of CAS waits for a fetch to be cancelled.
  private static final Duration END = Duration.ofSeconds(5);

  private final CollateralCache cache;
  private final DocumentVerifier verifier;
  private final InstantSource clock;
  private final Waiting waiting;
  private final Runnable cancel;
  private final Optional<Intake> intake;
  private final Optional<DemandedDocuments> demanded;
  private final Refreshing refreshing;
  private final Thread thread;
  private volatile Map<DocumentId, KnownDocument> known = Map.of();
  private Instant reloaded = Instant.MIN;
  private volatile boolean closed;

  /// What is in the folder and not genuine, so that it is told once.
  private Set<StoredDocument> refused = Set.of();

  /// The wait for documents.
  @FunctionalInterface
  public interface Wait {
    /// Waits, at most as long as the settings say.
    Obtaining until();
  }

  /// Lets a thread wait without occupying resources that others need.
  @FunctionalInterface
  public interface Waiting {
    /// Executes a wait.
    ///
    /// @throws Refused if too many threads wait already
    Obtaining during(Wait wait) throws Refused, IOException;
  }

  /// What a keeper works with.
  ///
  /// @param source who is asked for documents; absent if nobody is
  /// @param cancel cancels what is in flight
  record Parts(
      CollateralCache cache,
      DocumentVerifier verifier,
      Optional<DocumentSource> source,
      Runnable cancel) {}

  private CollateralKeeper(
      KeeperSettings settings, Parts parts, InstantSource clock, Waiting waiting) {
    this.cache = parts.cache();
    this.verifier = parts.verifier();
    this.cancel = parts.cancel();
    this.clock = clock;
    this.waiting = waiting;
    var admission = new CollateralAdmission(cache.folder(), verifier, false);
    this.intake = parts.source().map(from -> new Intake(from, admission, cache, clock));
    this.demanded =
        intake.map(taking -> new DemandedDocuments(taking, cache, clock, settings.patience()));
    this.refreshing = new Refreshing(intake, () -> ThreadLocalRandom.current().nextDouble());
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .name("collateral")
            .unstarted(() -> run(settings.look().toNanos()));
  }

  /// Opens the folder, reads what is in it, and begins to keep it up to date.
  ///
  /// @param roots whose documents are genuine
  /// @param waiting lets requests wait
  /// @throws IOException if the folder cannot be used
  public static CollateralKeeper open(
      KeeperSettings settings, HardwareRoots roots, InstantSource clock, Waiting waiting)
      throws IOException {
    var cache = new CollateralCache(CollateralFolder.open(settings.folder()));
    var services = settings.services().map(CollateralServices::new);
    var keeper =
        open(
            settings,
            new Parts(
                cache,
                new ManufacturerVerifier(roots, cache::current),
                services.map(all -> all),
                services.<Runnable>map(all -> all::close).orElse(() -> {})),
            clock,
            waiting);
    keeper.thread.start();
    return keeper;
  }

  /// Reads what is in the folder, and leaves it to the caller to [#look()].
  static CollateralKeeper open(
      KeeperSettings settings, Parts parts, InstantSource clock, Waiting waiting) {
    var keeper = new CollateralKeeper(settings, parts, clock, waiting);
    keeper.reload();
    return keeper;
  }

  /// Returns the documents that are there now. The result never changes.
  public Collateral current() {
    return cache.current();
  }

  /// Fetches documents that a request lacks, if this CAS may. It waits a few seconds at most; what
  /// takes longer is there when the caller asks again.
  ///
  /// @param missing the documents that verification has named
  /// @throws Refused if too many requests wait already
  public Obtaining obtain(Set<DocumentId> missing, Caller caller) throws Refused, IOException {
    if (hasAll(missing) || (reloadIfDue() && hasAll(missing))) {
      return new Obtaining.Obtained();
    }
    if (demanded.isEmpty()) {
      return DemandedDocuments.unavailable(
          missing,
          "this CAS fetches nothing; its operator can import a bundle with `testudo attest collateral import`");
    }
    var origin = Origin.of(caller.address());
    return waiting.during(() -> demanded.get().await(missing, origin));
  }

  private boolean hasAll(Set<DocumentId> ids) {
    var now = cache.current();
    return ids.stream().allMatch(id -> now.find(id).isPresent());
  }

  /// Reads the folder, unless it was read just now: requests may ask often.
  private synchronized boolean reloadIfDue() {
    return !clock.instant().isBefore(reloaded.plus(RELOAD)) && reload();
  }

  /// Returns metrics in Prometheus' text format.
  public String metrics() {
    return CollateralMetrics.text(
        known.values(),
        clock.instant(),
        intake.map(Intake::failures).orElse(0L),
        demanded.map(DemandedDocuments::waiting).orElse(0));
  }

  private void run(long pause) {
    while (!closed) {
      try {
        look();
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "collateral cannot be kept up to date", e);
      }
      LockSupport.parkNanos(this, pause);
    }
  }

  /// Reads what has changed, and asks for what is due.
  void look() {
    if (reload() && refreshing.refresh(sorted(), clock.instant())) {
      reload();
    }
  }

  private Collection<KnownDocument> sorted() {
    return known.values().stream()
        .sorted((one, other) -> one.id().toString().compareTo(other.id().toString()))
        .toList();
  }

  private synchronized boolean reload() {
    reloaded = clock.instant();
    try {
      cache.reload().forEach(problem -> LOG.log(Level.WARNING, "collateral: {0}", problem));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the collateral cannot be read: {0}", e.getMessage());
      return false;
    }
    var now = new HashMap<DocumentId, KnownDocument>();
    var wrong = new HashSet<StoredDocument>();
    for (var stored : cache.documents().values()) {
      var before = known.get(stored.id());
      if (before != null && before.stored().equals(stored)) {
        now.put(stored.id(), before);
      } else {
        verify(stored)
            .ifPresentOrElse(document -> now.put(document.id(), document), () -> wrong.add(stored));
      }
    }
    known = Map.copyOf(now);
    refused = wrong;
    return true;
  }

  private Optional<KnownDocument> verify(StoredDocument stored) {
    try {
      return Optional.of(new KnownDocument(stored, verifier.verify(stored.document())));
    } catch (EvidenceException e) {
      if (!refused.contains(stored)) {
        LOG.log(Level.WARNING, "collateral {0} is not genuine: {1}", stored.id(), e.reason());
      }
      return Optional.empty();
    }
  }

  /// Stops to fetch. Documents in memory stay.
  @Override
  public void close() throws IOException {
    closed = true;
    demanded.ifPresent(DemandedDocuments::close);
    cancel.run();
    thread.interrupt();
    try {
      if (thread.isAlive() && !thread.join(END)) {
        LOG.log(Level.WARNING, "a fetch of collateral does not end; CAS stops without it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
