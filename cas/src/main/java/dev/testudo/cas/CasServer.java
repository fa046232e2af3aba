package dev.testudo.cas;

import dev.testudo.cas.access.Ownership;
import dev.testudo.cas.access.Rights;
import dev.testudo.cas.admission.Admission;
import dev.testudo.cas.admission.Callers;
import dev.testudo.cas.attestation.Attestation;
import dev.testudo.cas.attestation.EvidenceVerification;
import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.collateral.CollateralKeeper;
import dev.testudo.cas.collateral.KeeperSettings;
import dev.testudo.cas.console.ConsoleAccess;
import dev.testudo.cas.console.ConsoleView;
import dev.testudo.cas.health.Health;
import dev.testudo.cas.http.CasServices;
import dev.testudo.cas.http.ConsoleFront;
import dev.testudo.cas.http.HttpFront;
import dev.testudo.cas.http.Routes;
import dev.testudo.cas.issue.Imports;
import dev.testudo.cas.issue.KeyPool;
import dev.testudo.cas.issue.SecretMaker;
import dev.testudo.cas.session.Allowance;
import dev.testudo.cas.session.Bundles;
import dev.testudo.cas.session.Deletions;
import dev.testudo.cas.session.Listing;
import dev.testudo.cas.session.PublicValues;
import dev.testudo.cas.session.RefusalReasons;
import dev.testudo.cas.session.Rehearsal;
import dev.testudo.cas.session.Sessions;
import dev.testudo.cas.store.Outcome;
import dev.testudo.cas.store.StateDirectory;
import dev.testudo.cas.store.Store;
import dev.testudo.cas.store.StoreOptions;
import dev.testudo.cas.store.database.Dialect;
import dev.testudo.cas.store.log.AuditLimits;
import dev.testudo.cas.tls.HttpsEngines;
import dev.testudo.cas.token.JoinTokens;
import dev.testudo.cas.volume.Advances;
import dev.testudo.cas.volume.Leases;
import dev.testudo.cas.volume.VolumeStates;
import dev.testudo.cas.witness.Witness;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Supplier;

/// A running CAS.
public final class CasServer implements AutoCloseable {
  /// The version that CAS reports.
  public static final String VERSION = "0.1.0";

  /// The number of keys generated at a time. A single thread leaves the other
  /// processors to requests.
  private static final int KEY_THREADS = 1;

  private static final System.Logger LOG = System.getLogger(CasServer.class.getName());

  private final Deque<AutoCloseable> parts;
  private final InetSocketAddress address;
  private final KeyHash keyHash;
  private final Optional<String> console;

  private CasServer(
      Deque<AutoCloseable> parts,
      InetSocketAddress address,
      KeyHash keyHash,
      Optional<String> console) {
    this.console = console;
    this.parts = parts;
    this.address = address;
    this.keyHash = keyHash;
  }

  /// Opens the state directory and starts to serve. The identity of CAS is generated at the first
  /// start and kept in the state.
  public static CasServer start(ServerOptions options) throws IOException {
    return start(options, StateParts.dialect(options.state()));
  }

  /// Creates the state without serving, and returns the hash of CAS's key.
  static KeyHash init(ServerOptions options) throws IOException {
    var dialect = StateParts.dialect(options.state());
    try (var directory = StateDirectory.open(options.state().directory());
        var store = Store.open(directory, storeOptions(options, dialect), new Health())) {
      Owners.of(store, options.root());
      return store.identity().keyHash();
    }
  }

  /// Opens the state in a database of `dialect` and serves.
  static CasServer start(ServerOptions options, Dialect dialect) throws IOException {
    var parts = new ArrayDeque<AutoCloseable>();
    try {
      return start(options, dialect, parts);
    } catch (IOException | RuntimeException e) {
      try {
        closeAll(parts);
      } catch (IOException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
  }

  private static HardwareRoots roots(HardwareRoots given) {
    if (!given.intel().isEmpty() || !given.amd().isEmpty()) {
      LOG.log(Level.WARNING, "roots for tests count: evidence that rests on them proves nothing");
    }
    return HardwareRoots.vendor().and(given);
  }

  private static CasServer start(ServerOptions options, Dialect dialect, Deque<AutoCloseable> parts)
      throws IOException {
    var random = options.random();
    var directory = StateDirectory.open(options.state().directory());
    parts.push(directory);
    var health = new Health();
    var store = Store.open(directory, storeOptions(options, dialect), health);
    parts.push(store);
    var identity = store.identity();
    var started = new AuditEvent.Started(VERSION, store.auditKeys());
    store.transact(Optional.empty(), _ -> Outcome.of(true, started));
    parts.push(() -> stopped(store));
    var catalog = new Catalog();
    Imports.index(store);
    var maker = new SecretMaker(catalog, random, options.clock());
    var ownership = Owners.of(store, options.root());
    var callers = callers(store, ownership);
    var admission = new Admission(callers, System::nanoTime);
    parts.push(admission);
    var rights = new Rights(maker);
    var allowance = new Allowance(catalog, ownership, options.quotas());
    var keys = new KeyPool(KEY_THREADS, random, wait -> admission.aside(wait::until));
    parts.push(keys);
    var listing = new Listing(store, catalog, rights, ownership);
    var sessions = new Sessions(store, catalog, maker, rights, ownership, allowance, keys, listing);
    var witness = new Witness(directory.path(), options.log().witnessed(), store);
    parts.push(witness);
    options.log().witnessed().forEach(callers::created);
    var states = new VolumeStates(store, catalog, maker, rights, options.clock());
    var roots = roots(options.hardware().roots());
    var keeper = keeper(options, roots, admission, parts);
    var evidence = new EvidenceVerification(roots, keeper, options.clock());
    var attestation = new Attestation(store, catalog, maker, evidence, random, options.clock());
    var services =
        new CasServices(
            new CasServices.OfSessions(
                sessions,
                new Bundles(store, catalog, rights, sessions, options.clock()),
                new Rehearsal(store, catalog, maker, rights, sessions, keys),
                listing,
                new Deletions(store, catalog, rights),
                states),
            new PublicValues(store, catalog, maker),
            new CasServices.OfInstances(
                attestation,
                new Leases(
                    store, maker, attestation.instances(), options.clock(), options.volumeLease()),
                new Advances(store, attestation.instances(), options.clock()),
                keeper),
            new JoinTokens(store, catalog, rights, allowance, random, options.clock()),
            new RefusalReasons(store, catalog, rights, callers::isOwner),
            witness);
    var routes = new Routes(services, health, admission, callers, VERSION);
    var tls = HttpsEngines.of(identity);
    parts.push(tls);
    var front = HttpFront.start(options.listen(), tls, routes, admission);
    parts.push(front);
    var address = new InetSocketAddress(options.listen().getAddress(), front.port());
    var about =
        new ConsoleView.About(
            VERSION, identity.keyHash(), options.state().directory(), options.clock());
    var console =
        console(
            options,
            parts,
            identity,
            () -> new ConsoleView(about, store, catalog, maker, states, health));
    return new CasServer(parts, address, identity.keyHash(), console);
  }

  /// Starts to keep the documents of manufacturers, if there is a folder for them.
  private static Optional<CollateralKeeper> keeper(
      ServerOptions options, HardwareRoots roots, Admission admission, Deque<AutoCloseable> parts)
      throws IOException {
    var option = options.hardware().collateral();
    if (option.isEmpty()) {
      return Optional.empty();
    }
    var keeper =
        CollateralKeeper.open(
            KeeperSettings.of(option.get().folder(), option.get().services()),
            roots,
            options.clock(),
            wait -> admission.aside(wait::until));
    parts.push(keeper);
    return Optional.of(keeper);
  }

  /// Starts the console, if there is one, and returns its address.
  private static Optional<String> console(
      ServerOptions options,
      Deque<AutoCloseable> parts,
      Identity identity,
      Supplier<ConsoleView> views)
      throws IOException {
    if (options.console().isEmpty()) {
      return Optional.empty();
    }
    var view = views.get();
    parts.push(view);
    var address = options.console().get().address();
    var clients = options.console().get().clients();
    ConsoleFront front;
    if (clients.isEmpty()) {
      var directory = options.state().directory();
      var access = new ConsoleAccess(directory, options.random(), System::nanoTime);
      parts.push(access);
      front = ConsoleFront.start(address, view, access);
    } else {
      front = ConsoleFront.start(address, view, identity, clients);
    }
    parts.push(front);
    return Optional.of(front.address());
  }

  /// Logs that CAS stops. It serves nobody any more, so a log that cannot be written keeps nothing
  /// from anybody.
  private static void stopped(Store store) {
    try {
      store.deliver(Optional.empty(), _ -> Outcome.of(true, new AuditEvent.Stopped(VERSION)));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "CAS cannot log that it stops: {0}", e.getMessage());
    }
  }

  /// Returns the table of known callers, filled with the owners and the creators
  /// of stored sessions.
  static Callers callers(Store store, Ownership ownership) {
    var callers = new Callers(ownership.owners(), System::nanoTime);
    store.creators().stream()
        .flatMap(creator -> KeyHash.parse(creator).stream())
        .forEach(callers::created);
    return callers;
  }

  private static StoreOptions storeOptions(ServerOptions options, Dialect dialect) {
    var log = options.log();
    return new StoreOptions(
        options.random(),
        options.clock(),
        new AuditLimits(log.quota(), log.files()),
        log.accepted(),
        dialect,
        StateParts.key(options.state()),
        StateParts.anchor(options.state()));
  }

  /// Returns the address at which CAS listens.
  public InetSocketAddress address() {
    return address;
  }

  /// Returns the hash of CAS's key, which clients pin.
  public KeyHash keyHash() {
    return keyHash;
  }

  /// Returns the address of the console, if there is one, without the token that admits a browser.
  public Optional<String> consoleAddress() {
    return console;
  }

  /// Stops serving and releases the state directory for other processes.
  @Override
  public void close() throws IOException {
    closeAll(parts);
  }

  private static void closeAll(Deque<AutoCloseable> parts) throws IOException {
    IOException failure = null;
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        var wrapped = new IOException("CAS did not stop cleanly: " + e.getMessage(), e);
        if (failure == null) {
          failure = wrapped;
        } else {
          failure.addSuppressed(wrapped);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
