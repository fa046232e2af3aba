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

/// What `run` and `learn` have in common: a program, started under a shield.
///
/// @param program its file
/// @param words its name as it was given, and its arguments
/// @param environment of the caller, rules included
/// @param inherited signals of the caller
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

  /// Starts the program; signals go to it from now on.
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

  /// Makes `testudo shield top` see it.
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
