package dev.testudo.agent.single;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.program.CallersProgram;
import dev.testudo.agent.program.ProgramEnvironment;
import dev.testudo.agent.program.ProgramSignals;
import dev.testudo.agent.program.ShieldedProgram;
import dev.testudo.agent.report.Reporter;
import dev.testudo.agent.status.Activity;
import dev.testudo.agent.status.StatusPublisher;
import dev.testudo.linux.process.Command;
import dev.testudo.linux.process.SignalState;
import dev.testudo.policy.shield.EffectivePolicy;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.shield.Shield;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A program that `run` or `learn` starts under a shield.
///
/// @param program the program's file
/// @param words the program's name as given, with its arguments
/// @param environment the caller's environment, with rules
/// @param inherited the caller's signals
record Shielded(
    Path program,
    List<String> words,
    Map<String, String> environment,
    SignalState inherited,
    Reporter reporter) {

  /// Finds the program, before anything else is done.
  static Shielded find(
      List<String> words, Map<String, String> environment, SignalState inherited, Reporter reporter)
      throws AgentFailure {
    var program = CallersProgram.find(words.getFirst(), environment);
    return new Shielded(program, words, environment, inherited, reporter);
  }

  /// Starts the program. Signals go to it from now on.
  ShieldedProgram launch(Shield shield, ProgramSignals signals) throws AgentFailure {
    var command =
        new Command(
            program,
            words,
            ProgramEnvironment.of(environment),
            Optional.empty(),
            Command.Input.INHERITED,
            inherited);
    return ShieldedProgram.start(shield, () -> {}, command, signals);
  }

  /// Publishes the status for `testudo shield top`.
  StatusPublisher.Published publish(ShieldRules rules, Shield shield, ShieldedProgram running) {
    var subject =
        new Activity.Subject(
            running.pid(),
            words.getFirst(),
            Optional.empty(),
            Instant.now(),
            EffectivePolicy.of(rules));
    return new StatusPublisher(environment, reporter.activity(), reporter::say)
        .publish(subject, shield::connections);
  }
}
