package dev.testudo.agent.single;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.program.Draining;
import dev.testudo.agent.program.LeftBehind;
import dev.testudo.agent.program.ProgramSignals;
import dev.testudo.agent.report.Detail;
import dev.testudo.agent.report.Reporter;
import dev.testudo.linux.process.SignalState;
import dev.testudo.linux.process.Signals;
import dev.testudo.linux.process.Terminal;
import dev.testudo.policy.shield.DefaultMode;
import dev.testudo.policy.shield.EffectivePolicy;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.source.Parsed;
import dev.testudo.shield.LocalNetwork;
import dev.testudo.shield.Shield;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/// `testudo shield run`.
final class ShieldRun {
  /// How long the last bytes of a program that ended by itself may take to reach the peer.
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private static final String RULES = "the rules";

  private final ShieldOptions options;
  private final Map<String, String> environment;
  private final SignalState inherited;
  private final PrintStream err;
  private final InstantSource clock = InstantSource.system();

  ShieldRun(
      ShieldOptions options,
      Map<String, String> environment,
      SignalState inherited,
      PrintStream err) {
    this.options = options;
    this.environment = environment;
    this.inherited = inherited;
    this.err = err;
  }

  int run() throws AgentFailure {
    // The reporter closes before the caller prints why this failed.
    var detail = options.connections() ? Detail.ALL_CONNECTIONS : Detail.NO_CONNECTIONS;
    try (var reporter = new Reporter("testudo shield run: ", err, detail, clock)) {
      return run(reporter);
    }
  }

  private int run(Reporter reporter) throws AgentFailure {
    var source = new RuleSource(environment, options.envFile());
    var shielded = Shielded.find(options.program(), environment, inherited, reporter);
    var seen = source.version();
    var read = reporter.valid(RULES, read(source));
    demandStated(read);
    var rules = read.rules();
    show(rules, reporter);
    var network = new LocalNetwork.Host();
    var shield = reporter.valid(RULES, Shield.of(rules, network, reporter, clock));
    var signals = new ProgramSignals(Thread.currentThread(), options.drain());
    try (shield) {
      var draining = new Draining(options.drain(), shield, signals, reporter);
      listen(signals, draining);
      try (var reloads = new Reloads(source, seen, shield, reporter)) {
        if (options.envFile().isPresent()) {
          reloadAtHangUp(reloads, signals);
        }
        var program = shielded.launch(shield, signals);
        reloads.start();
        try (var _ = shielded.publish(rules, shield, program)) {
          var exit = program.await();
          sayFarewell(draining, shield, rules, reporter);
          if (draining.isInsisted()) {
            program.killRest();
          }
          return exit.status();
        }
      }
    }
  }

  private static void listen(ProgramSignals signals, Draining draining) {
    signals.listen();
    signals.whenInsisted(draining::endNow);
    Signals.handle(
        "TERM",
        signal -> {
          draining.begin();
          signals.receive(signal);
        });
  }

  /// Reads the rules again on SIGHUP, unless the signal means that the terminal has closed.
  private static void reloadAtHangUp(Reloads reloads, ProgramSignals signals) {
    var atTerminal = Terminal.isThere();
    Signals.handle(
        "HUP",
        signal -> {
          if (atTerminal && !Terminal.isThere()) {
            signals.receive(signal);
          } else {
            reloads.ask();
          }
        });
  }

  /// Handles the end of the program: lets its connections end, and reports the processes that
  /// it left.
  private void sayFarewell(Draining draining, Shield shield, ShieldRules rules, Reporter reporter) {
    try {
      var left = draining.programEnded();
      if (left.isEmpty() && rules.mode() != DefaultMode.DISABLED) {
        LeftBehind.tell(reporter);
      }
      shield.drain(left.orElse(shorter(FAREWELL, options.drain())));
    } catch (InterruptedException _) {
      // There was a second request to stop; the shield is closed.
    }
  }

  private static Parsed<RuleSource.Rules> read(RuleSource source) throws AgentFailure {
    try {
      return source.read();
    } catch (IOException e) {
      throw AgentFailure.environment("cannot read the rules", e);
    }
  }

  /// Requires at least one rule, so that a forgotten `--env-file` does not leave the program
  /// without protection.
  private static void demandStated(RuleSource.Rules read) throws AgentFailure {
    if (!read.stated()) {
      throw AgentFailure.usage(
          "there is no rule, and nothing would be protected: the program was not started;"
              + " give --env-file FILE or variables SCONE_NETWORK_SHIELD_…,"
              + " or SCONE_NETWORK_SHIELD=disabled to run it without a shield");
    }
  }

  private static void show(ShieldRules rules, Reporter reporter) {
    if (rules.mode() == DefaultMode.DISABLED) {
      reporter.say(EffectivePolicy.DISABLED);
    }
    reporter.say("rules in force\n" + String.join("\n", EffectivePolicy.of(rules).lines()));
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
