package dev.testudo.agent.mesh;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.probe.ServiceReadiness;
import dev.testudo.agent.program.ProgramSignals;
import dev.testudo.agent.report.Detail;
import dev.testudo.agent.report.Reporter;
import dev.testudo.agent.status.StatusPublisher;
import dev.testudo.linux.process.Prctl;
import dev.testudo.trust.channel.AgentEvent;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `testudo agent run`: attests, fetches the configuration and runs the program with it.
public final class AgentCommand {
  private static final System.Logger LOG = System.getLogger(AgentCommand.class.getName());

  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final int SIGNALLED = 128;

  private final Reporter reporter;
  private final ProgramSignals signals;
  private final Map<String, String> environment;

  private AgentCommand(Reporter reporter, ProgramSignals signals, Map<String, String> environment) {
    this.reporter = reporter;
    this.signals = signals;
    this.environment = environment;
  }

  /// Runs one service until its program ends. Returns the exit code of the process:
  ///
  /// - the program's exit code, or 128 plus the number of the signal that ended it
  /// - 1: the policy cannot be carried out
  /// - 2: wrong usage
  /// - 3: the environment failed
  /// - 4: attestation or policy refused
  ///
  /// The calling thread must be a platform thread. Only it may wait for children.
  ///
  /// @param lib the directory of the agent's own jars, which are measured
  public static int run(
      List<String> args,
      Map<String, String> environment,
      Path lib,
      InputStream in,
      PrintStream out,
      PrintStream err) {
    var own = args.contains("--") ? args.subList(0, args.indexOf("--")) : args;
    if (own.contains("--help") || own.contains("-h")) {
      out.print(AgentOptions.HELP);
      out.flush();
      return 0;
    }
    try {
      // First of all, because from here on there may be secrets in memory.
      Prctl.denyInspection();
      // CAS and peers may get their names later. The JDK would believe for 10 s that there are
      // none.
      Security.setProperty("networkaddress.cache.negative.ttl", "1");
      var options = AgentOptions.parse(args, environment);
      try (var reporter = reporter(options, err)) {
        var signals = new ProgramSignals(Thread.currentThread(), GRACE);
        signals.listen();
        return new AgentCommand(reporter, signals, environment).run(options, lib, in);
      }
    } catch (AgentFailure e) {
      err.println("testudo agent: " + e.line());
      return e.kind().exitCode();
    } catch (IOException e) {
      err.println("testudo agent: " + e.getMessage());
      return AgentFailure.Kind.ENVIRONMENT_FAILED.exitCode();
    }
  }

  private static Reporter reporter(AgentOptions options, PrintStream err) throws AgentFailure {
    var prefix = "testudo agent: " + options.service() + ": ";
    var detail = Detail.PROTECTED_CONNECTIONS;
    var reporter = new Reporter(prefix, err, detail, InstantSource.system());
    return options.events().isPresent()
        ? reporter.sendingTo(options.events().get(), options.service())
        : reporter;
  }

  private int run(AgentOptions options, Path lib, InputStream in) {
    try {
      var token = token(options);
      if (options.program().endsWithInput()) {
        signals.endWith(in);
      }
      var host = new HostValues(options.program().arguments(), environment);
      var readiness = new ServiceReadiness(options.orchestrator().readyPorts());
      signals.drainFor(options.orchestrator().drain(), readiness::stopping);
      var _ = options.orchestrator().serve(readiness); // until the end of the process
      return new Agent(options, host, lib, reporter, signals, status(), readiness).run(token);
    } catch (AgentFailure e) {
      return failed(e);
    } catch (InterruptedException e) {
      return stoppedEarly();
    }
  }

  /// Returns the publisher of the status. Its complaints are only debug messages, because nobody
  /// reads why `testudo shield top` does not show a service of a mesh.
  private StatusPublisher status() {
    return new StatusPublisher(
        environment,
        reporter.activity(),
        complaint -> LOG.log(System.Logger.Level.DEBUG, "{0}", complaint));
  }

  /// Reads the join token. Must run before anything else reads standard input, which may
  /// contain it.
  private static Optional<Secret> token(AgentOptions options)
      throws AgentFailure, InterruptedException {
    var source = options.cas().token();
    return source.isPresent() ? Optional.of(source.get().read()) : Optional.empty();
  }

  private int failed(AgentFailure failure) {
    if (signals.early().isPresent()) {
      return stoppedEarly(); // the interruption appears as a failure of the current step
    }
    reporter.tell(new AgentEvent.Failed(failure.line(), failure.request()));
    return failure.kind().exitCode();
  }

  private int stoppedEarly() {
    reporter.say("stopped before the program was started");
    return SIGNALLED + signals.early().orElse(ProgramSignals.SIGTERM);
  }
}
