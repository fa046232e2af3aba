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
import dev.testudo.shield.supervisor.socket.SocketWay;
import dev.testudo.shield.tls.TlsLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// The network shield of one program and everything it starts.
///
/// The kernel stops the program's socket calls and asks us; we perform what the rules allow on the
/// program's own sockets. Protected connections run through a relay in this process that adds TLS.
/// ARCHITECTURE.md draws the way of one connection.
@SuppressWarnings("exports") // the agent, our only client, sees linux.process too
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

  /// Compiles the rules. Every mistake in keys and certificates is a diagnostic at its place in its
  /// variable.
  ///
  /// @param network where the program's local addresses lie
  /// @param events hears what the shield does; must not block
  /// @param clock judges certificates
  public static Parsed<Shield> of(
      ShieldRules rules, LocalNetwork network, ShieldEvents events, InstantSource clock) {
    return of(
        rules, network, Resolver.system(), Optional.<Resolver>of(HostsFile.alone()), events, clock);
  }

  /// Like the above, for a program whose look-ups of names are not the operating system's: it finds
  /// the hosts of its rules by itself.
  public static Parsed<Shield> of(
      ShieldRules rules,
      LocalNetwork network,
      Resolver resolver,
      ShieldEvents events,
      InstantSource clock) {
    return of(rules, network, resolver, Optional.empty(), events, clock);
  }

  private static Parsed<Shield> of(
      ShieldRules rules,
      LocalNetwork network,
      Resolver resolver,
      Optional<Resolver> otherHosts,
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
          var answers = otherHosts.flatMap(others -> NameService.of(rules, names, others));
          var decisions = new PolicyDecisions(policy.orElseThrow(), answers);
          return new Shield(rules, policy.get(), decisions, names, network, events, clock);
        });
  }

  /// Starts the program under the shield; once per shield. `prepare` runs first, on the fresh
  /// thread that will start it. Calls are served until the program and all its descendants are
  /// gone, or [#close].
  ///
  /// @throws IOException when the program cannot be started, or the kernel does not let us shield
  /// it (`EBUSY` on seccomp: we run under somebody else's listener already)
  public synchronized Child launch(ThreadPreparation prepare, Command program) throws IOException {
    if (launched) {
      throw new IllegalStateException("a shield has one program");
    }
    launched = true;
    if (rules.mode() == DefaultMode.DISABLED && network instanceof LocalNetwork.Host) {
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
        allowed, !Support.isPrivileged(), way == SocketWay.SUPPLY, protects);
  }

  private void serve(Fd listener, Fd root, SocketWay way) throws IOException {
    var engines = TlsLibrary.chosen().engines(clock);
    var relay = new Relays(events, RelayLimits.DEFAULT.within(freeDescriptors()), engines, clock);
    if (protects) {
      relay.warmUp();
    }
    relays = Optional.of(relay);
    supervisor =
        Optional.of(
            Supervisor.start(
                listener, root, way, decisions, new RelaySide(relay, decisions), network, events));
  }

  private static long freeDescriptors() throws IOException {
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      return Fd.limit() - open.count();
    }
  }

  /// The protected connections that carry bytes now, the oldest first. From any thread; at most as
  /// many as a shield has at once (50 000).
  public List<LiveConnection> connections() {
    return relays.map(Relays::connections).orElse(List.of());
  }

  /// Takes over the identities and the trust of `next`, which must otherwise be the rules this
  /// shield was made with: new connections are made under the new ones, running ones go on. When
  /// anything is wrong with `next`, nothing changes.
  ///
  /// @return what has changed, for people: `identity of rule SERVER_1`
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

  /// From now on there is no new protected connection in either direction; those that are go on.
  public void refuseNew() {
    relays.ifPresent(Relays::refuseNew);
  }

  /// Ends gracefully: no new protected connection in either direction, the running ones may come to
  /// their ends, at most for `limit`; then [#close].
  ///
  /// @throws InterruptedException when the calling thread is interrupted; the shield is closed then
  public void drain(Duration limit) throws InterruptedException {
    try {
      var relay = relays;
      relay.ifPresent(Relays::refuseNew);
      if (relay.isPresent() && !relay.get().awaitIdle(limit)) {
        LOG.log(
            System.Logger.Level.WARNING,
            "network shield: protected connections that had not ended after %d ms are cut: %d"
                .formatted(limit.toMillis(), relay.get().connections().size()));
      }
    } finally {
      close();
    }
  }

  /// Stops serving: calls of the program that we are asked about fail with `ENOSYS` from now on,
  /// and its protected connections end.
  @Override
  public synchronized void close() {
    // The connections first: a program that hears that it may do nothing more ends, and its
    // connections would come to a proper end that nobody has meant.
    relays.ifPresent(Relays::close);
    supervisor.ifPresent(Supervisor::close);
    names.close();
  }
}
