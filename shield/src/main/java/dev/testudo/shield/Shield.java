package dev.testudo.shield;

import dev.testudo.linux.process.Child;
import dev.testudo.linux.process.Command;
import dev.testudo.linux.sys.Architecture;
import dev.testudo.linux.sys.Fd;
import dev.testudo.policy.shield.DefaultMode;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.UnsupportedProtocols;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.shield.filter.ShieldFilter;
import dev.testudo.shield.name.HostNames;
import dev.testudo.shield.name.NameService;
import dev.testudo.shield.relay.RelayLimits;
import dev.testudo.shield.relay.Relays;
import dev.testudo.shield.rule.ShieldPolicy;
import dev.testudo.shield.supervisor.Supervisor;
import dev.testudo.shield.supervisor.file.InjectedTree;
import dev.testudo.shield.supervisor.socket.SocketWay;
import dev.testudo.shield.tls.TlsLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// The network shield of one program and of every process that it starts.
///
/// The kernel suspends each socket call of the program and notifies the supervisor. The supervisor
/// performs what the rules allow on the program's own socket. Protected connections run through a
/// relay in this process, which adds TLS. ARCHITECTURE.md draws the path of one connection.
@SuppressWarnings("exports") // the agent is the only client and also sees linux.process
public final class Shield implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Shield.class.getName());

  private final PolicyDecisions decisions;
  private final HostNames names;
  private final LocalNetwork network;
  private final ShieldEvents events;
  private final InstantSource clock;

  /// Whether any rule is protected.
  private final boolean protects;

  private ShieldRules rules;
  private List<Shown> toInject = List.of();
  private Optional<InjectedTree> injected = Optional.empty();
  private volatile Optional<Relays> relays = Optional.empty();
  private Optional<Supervisor> supervisor = Optional.empty();
  private boolean launched;

  private Shield(
      ShieldRules rules,
      ShieldPolicy policy,
      PolicyDecisions decisions,
      HostNames names,
      LocalNetwork network,
      ShieldEvents events,
      InstantSource clock) {
    this.rules = rules;
    this.decisions = decisions;
    this.protects = !policy.terms().isEmpty();
    this.names = names;
    this.network = network;
    this.events = events;
    this.clock = clock;
  }

  /// Compiles the rules. Reports every mistake in keys and certificates as a diagnostic at its
  /// place in its variable.
  ///
  /// @param network where the program's local addresses are
  /// @param events receives the shield's events; must not block
  /// @param clock the time at which certificates must be valid
  public static Parsed<Shield> of(
      ShieldRules rules, LocalNetwork network, ShieldEvents events, InstantSource clock) {
    return of(rules, network, Resolver.system(), HostsFile.alone(), events, clock);
  }

  /// As the other overload, for a program whose lookups have other answers than this process's.
  ///
  /// @param resolver gives the answers of the program's lookups; used for the hosts of rules
  /// @param hosts knows the hosts that the program finds without the network, and no others
  public static Parsed<Shield> of(
      ShieldRules rules,
      LocalNetwork network,
      Resolver resolver,
      Resolver hosts,
      ShieldEvents events,
      InstantSource clock) {
    var problems = new Problems();
    var names = new HostNames(rules, resolver);
    var policy = problems.take(ShieldPolicy.compile(rules, names, clock));
    if (policy.isEmpty() || problems.anyErrors()) {
      names.close();
    }
    return problems.result(
        () -> {
          var answers = NameService.of(rules, names, hosts);
          var decisions = new PolicyDecisions(policy.orElseThrow(), answers);
          return new Shield(rules, policy.get(), decisions, names, network, events, clock);
        });
  }

  /// Shows these files to the program. Call it before [#launch], which creates them in memory.
  /// docs/injected-files.md says how the program sees them.
  public synchronized void inject(List<? extends Shown> files) {
    if (launched) {
      throw new IllegalStateException("the program runs already");
    }
    toInject = List.copyOf(files);
  }

  /// Replaces a file that was injected at the same path: later opens get the new one, and open
  /// descriptors keep the old one.
  ///
  /// @throws IOException if the new file cannot be created; the old one stays
  /// @throws IllegalArgumentException if no file was injected there
  public synchronized void replace(ShownFile file) throws IOException {
    injected
        .orElseThrow(() -> new IllegalArgumentException("no files were injected"))
        .replace(file);
  }

  /// Starts the program under the shield. May be called once.
  ///
  /// `prepare` runs first, on the fresh thread that will start the program. The shield serves calls
  /// until the program and all its descendants have ended, or until [#close].
  ///
  /// @throws IOException if the program cannot be started, if a file cannot be injected, or if the
  ///     kernel does not allow the shield: `EBUSY` from seccomp means that this process already
  ///     runs under another seccomp listener
  public synchronized Child launch(ThreadPreparation prepare, Command program) throws IOException {
    if (launched) {
      throw new IllegalStateException("a shield has one program");
    }
    launched = true;
    boolean needless =
        rules.mode() == DefaultMode.DISABLED
            && network instanceof LocalNetwork.Host
            && toInject.isEmpty();
    if (needless) {
      return Launch.unshielded(prepare, program);
    }
    var way = Support.socketWay();
    LOG.log(System.Logger.Level.INFO, "network shield: {0}", Support.description(way));
    var filter = ShieldFilter.build(Architecture.current(), filterOptions(way));
    return Launch.shielded(
        prepare, filter, (listener, root) -> serve(listener, root, way), program);
  }

  private ShieldFilter.Options filterOptions(SocketWay way) {
    boolean allowed =
        rules.mode() == DefaultMode.DISABLED
            || rules.unsupportedProtocols() == UnsupportedProtocols.UNPROTECTED;
    return new ShieldFilter.Options(
        allowed, !Support.isPrivileged(), way == SocketWay.SUPPLY, protects, !toInject.isEmpty());
  }

  private void serve(Fd listener, Fd root, SocketWay way) throws IOException {
    var engines = TlsLibrary.chosen().engines(clock);
    long free = freeDescriptors() - InjectedTree.descriptors(toInject);
    var relay = new Relays(events, RelayLimits.DEFAULT.within(free), engines, clock);
    if (protects) {
      relay.warmUp();
    }
    relays = Optional.of(relay);
    if (!toInject.isEmpty()) {
      injected = Optional.of(InjectedTree.of(root, toInject));
      toInject = List.of();
    }
    supervisor =
        Optional.of(
            Supervisor.start(
                listener,
                root,
                way,
                decisions,
                new RelaySide(relay, decisions),
                network,
                events,
                injected));
  }

  private static long freeDescriptors() throws IOException {
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      return Fd.limit() - open.count();
    }
  }

  /// Returns the protected connections that carry data now, oldest first. There are at most 50,000
  /// of them. Safe to call from any thread.
  public List<LiveConnection> connections() {
    return relays.map(Relays::connections).orElse(List.of());
  }

  /// Replaces identities and trust by those of `next`, which must otherwise equal the current
  /// rules. New connections use the new rules; running connections continue. If `next` has any
  /// error, nothing changes.
  ///
  /// @return what changed, for people to read: `identity of rule SERVER_1`
  public synchronized Parsed<List<String>> reload(ShieldRules next) {
    var problems = new Problems();
    var changes = RuleChanges.between(rules, next);
    changes.refusal().ifPresent(problems::add);
    var policy =
        problems.anyErrors()
            ? Optional.<ShieldPolicy>empty()
            : problems.take(ShieldPolicy.compile(next, names, clock));
    if (!problems.anyErrors() && !changes.inPlace().isEmpty()) {
      rules = next;
      var current = policy.orElseThrow();
      decisions.replace(current);
      relays.ifPresent(relay -> relay.retain(current.terms()));
    }
    return problems.result(changes::inPlace);
  }

  /// Refuses new protected connections in both directions. Running connections continue.
  public void refuseNew() {
    relays.ifPresent(Relays::refuseNew);
  }

  /// Refuses new protected connections in both directions, waits at most `limit` for the running
  /// ones to end, and calls [#close].
  ///
  /// @throws InterruptedException if the calling thread is interrupted; the shield is closed then
  public void drain(Duration limit) throws InterruptedException {
    try {
      var relay = relays;
      relay.ifPresent(Relays::refuseNew);
      if (relay.isPresent() && !relay.get().awaitIdle(limit)) {
        LOG.log(
            System.Logger.Level.WARNING,
            "network shield: protected connections still open after %d ms are reset: %d"
                .formatted(limit.toMillis(), relay.get().connections().size()));
      }
    } finally {
      close();
    }
  }

  /// Stops the shield. Calls of the program that need the supervisor fail with `ENOSYS` from now
  /// on. Protected connections are reset.
  @Override
  public synchronized void close() {
    // Connections first. A program whose calls fail may exit, and its connections would then end
    // with close_notify although nobody meant to end them.
    relays.ifPresent(Relays::close);
    supervisor.ifPresent(Supervisor::close);
    injected.ifPresent(InjectedTree::close);
    names.close();
  }
}
