package dev.testudo.agent.shield;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.ProgramSignals;
import dev.testudo.agent.report.Reporter;
import dev.testudo.agent.status.Activity;
import dev.testudo.agent.status.StatusPublisher;
import dev.testudo.linux.process.Child;
import dev.testudo.linux.process.Command;
import dev.testudo.linux.process.Prctl;
import dev.testudo.linux.process.SignalState;
import dev.testudo.policy.shield.EffectivePolicy;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.shield.Shield;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

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
    var program = ProgramPath.find(words.getFirst(), environment);
    return new Shielded(program, words, environment, inherited, reporter);
  }

  /// Starts the program; signals go to it from now on.
  Child launch(Shield shield, ProgramSignals signals) throws AgentFailure {
    var command =
        new Command(
            program, words, withoutRules(), Optional.empty(), Command.Input.INHERITED, inherited);
    try {
      Prctl.becomeSubreaper();
      var child = shield.launch(() -> {}, command);
      signals.started(child);
      return child;
    } catch (IOException e) {
      throw AgentFailure.environment("cannot start " + program, e);
    }
  }

  private Map<String, String> withoutRules() {
    return environment.entrySet().stream()
        .filter(variable -> !ShieldVariables.isShieldVariable(variable.getKey()))
        .filter(variable -> !variable.getKey().isEmpty())
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /// Makes `testudo shield top` see it.
  StatusPublisher.Published publish(ShieldRules rules, Shield shield, Child child) {
    var subject =
        new Activity.Subject(
            child.pid(),
            words.getFirst(),
            Optional.empty(),
            Instant.now(),
            EffectivePolicy.of(rules));
    return new StatusPublisher(environment, reporter.activity(), reporter::say)
        .publish(subject, shield::connections);
  }
}
