package dev.testudo.agent.single;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.program.ProgramSignals;
import dev.testudo.agent.report.Detail;
import dev.testudo.agent.report.Reporter;
import dev.testudo.linux.process.SignalState;
import dev.testudo.policy.shield.DefaultMode;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.UnsupportedProtocols;
import dev.testudo.shield.LocalNetwork;
import dev.testudo.shield.Shield;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `testudo shield learn`.
final class ShieldLearn {
  private static final ShieldRules EVERYTHING =
      new ShieldRules(
          DefaultMode.UNPROTECTED, UnsupportedProtocols.UNPROTECTED, List.of(), List.of());

  private final ShieldOptions options;
  private final Map<String, String> environment;
  private final SignalState inherited;
  private final PrintStream out;
  private final PrintStream err;
  private final InstantSource clock = InstantSource.system();

  ShieldLearn(
      ShieldOptions options,
      Map<String, String> environment,
      SignalState inherited,
      PrintStream out,
      PrintStream err) {
    this.options = options;
    this.environment = environment;
    this.inherited = inherited;
    this.out = out;
    this.err = err;
  }

  int run() throws AgentFailure {
    try (var reporter = new Reporter("testudo shield learn: ", err, Detail.NO_CONNECTIONS, clock)) {
      return run(reporter);
    }
  }

  private int run(Reporter reporter) throws AgentFailure {
    if (options.output().isPresent()) {
      checkWritable(options.output().get());
    }
    var observed = new Observed();
    var shielded = Shielded.find(options.program(), environment, inherited, reporter);
    var shield =
        reporter.valid(
            "the rules",
            Shield.of(
                EVERYTHING,
                new LocalNetwork.Host(),
                event -> {
                  reporter.activity().note(event);
                  observed.on(event);
                },
                clock));
    var signals = new ProgramSignals(Thread.currentThread(), options.drain());
    signals.listen();
    try (shield) {
      var program = shielded.launch(shield, signals);
      reporter.say("nothing is filtered; rules are proposed when the program has ended");
      try (var _ = shielded.publish(EVERYTHING, shield, program)) {
        var exit = program.await();
        propose(observed, reporter);
        return exit.status();
      }
    }
  }

  private void propose(Observed observed, Reporter reporter) throws AgentFailure {
    var names = AddressNames.system();
    var text = new Proposal(options.program().getFirst(), observed, names).text();
    if (options.output().isEmpty()) {
      out.print(text);
      out.flush();
      return;
    }
    var file = options.output().get();
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      // The observation may have taken long, so its result must not be lost.
      out.print(text);
      out.flush();
      throw AgentFailure.environment("the rules are on standard output, not in " + file, e);
    }
    reporter.say(
        "wrote %s; see `testudo shield check --env-file %s`".formatted(file, quoted(file)));
  }

  /// Checks the output file before the program runs, not after the observation.
  private static void checkWritable(Path file) throws AgentFailure {
    var folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
    var fault = "";
    if (Files.isDirectory(file)) {
      fault = "it is a directory";
    } else if (!Files.isDirectory(folder)) {
      fault = "there is no directory " + folder;
    } else if (Files.exists(file) ? !Files.isWritable(file) : !Files.isWritable(folder)) {
      fault = "it may not be written";
    }
    if (!fault.isEmpty()) {
      throw AgentFailure.input("`-o %s` cannot be used: %s".formatted(file, fault));
    }
  }

  private static String quoted(Path file) {
    return file.toString().indexOf(' ') < 0 ? file.toString() : "'" + file + "'";
  }
}
