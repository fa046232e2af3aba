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
import dev.testudo.shield.relay.RelayLimits;
import dev.testudo.shield.relay.Relays;
import dev.testudo.shield.rule.ShieldPolicy;
import dev.testudo.shield.supervisor.Supervisor;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;

/// The network shield of one program and everything it starts.
///
/// The kernel stops the program's socket calls and asks us; we perform what the rules allow on the
/// program's own sockets. Protected connections run through a relay in this process that adds TLS.
/// ARCHITECTURE.md draws the way of one connection.
@SuppressWarnings("exports") // the agent, our only client, sees linux.process too
public final class Shield implements AutoCloseable {
  private final ShieldRules rules;
  private final ShieldPolicy policy;
  private final HostNames names;
  private final LocalNetwork network;
  private final ShieldEvents events;
  private final InstantSource clock;
  private Optional<Relays> relays = Optional.empty();
  private Optional<Supervisor> supervisor = Optional.empty();
  private boolean launched;

  private Shield(
      ShieldRules rules,
      ShieldPolicy policy,
      HostNames names,
      LocalNetwork network,
      ShieldEvents events,
      InstantSource clock) {
    this.rules = rules;
    this.policy = policy;
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
    return of(rules, network, Resolver.system(), events, clock);
  }

  /// Like the above, for a program whose look-ups of names are not the operating system's.
  public static Parsed<Shield> of(
      ShieldRules rules,
      LocalNetwork network,
      Resolver resolver,
      ShieldEvents events,
      InstantSource clock) {
    var problems = new Problems();
    UnixRules.check(rules).forEach(problems::add);
    var names = new HostNames(rules, resolver);
    var policy = problems.take(ShieldPolicy.compile(rules, names, clock));
    if (policy.isEmpty() || problems.anyErrors()) {
      names.close();
    }
    return problems.result(
        () -> new Shield(rules, policy.orElseThrow(), names, network, events, clock));
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
    Support.check();
    var filter = ShieldFilter.build(Architecture.current(), filterOptions());
    return Launch.shielded(prepare, filter, this::serve, program);
  }

  private ShieldFilter.Options filterOptions() {
    boolean allowed =
        rules.mode() == DefaultMode.DISABLED
            || rules.unsupportedProtocols() == UnsupportedProtocols.UNPROTECTED;
    return new ShieldFilter.Options(allowed, !Support.isPrivileged());
  }

  private void serve(Fd listener) throws IOException {
    var relay = new Relays(events, RelayLimits.DEFAULT, clock);
    relays = Optional.of(relay);
    supervisor =
        Optional.of(
            Supervisor.start(
                listener, new PolicyDecisions(policy), new RelaySide(relay), network, events));
  }

  /// Stops serving: calls of the program that we are asked about fail with `ENOSYS` from now on,
  /// and its protected connections end.
  @Override
  public synchronized void close() {
    supervisor.ifPresent(Supervisor::close);
    relays.ifPresent(Relays::close);
    names.close();
  }
}
