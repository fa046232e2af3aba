package dev.testudo.cli.up;

import dev.testudo.cli.board.MeshView.EdgeRow;
import dev.testudo.cli.board.MeshView.RefusalRow;
import dev.testudo.cli.board.MeshView.ServiceRow;
import dev.testudo.cli.terminal.Display;
import dev.testudo.cli.terminal.Wording;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.channel.AgentEvent;
import dev.testudo.trust.channel.AgentEvents;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Announces the events of a mesh in one line each, and how long its start took.
final class Announcements {
  private final Display display;
  private final Instant started;
  private Optional<Instant> casReady = Optional.empty();
  private Optional<Instant> registered = Optional.empty();
  private Optional<Instant> firstProgram = Optional.empty();

  Announcements(Display display, Instant started) {
    this.display = display;
    this.started = started;
  }

  void casReady(RunningCas cas) {
    casReady = Optional.of(Instant.now());
    display.say("CAS listens on %s, key hash %s".formatted(cas.address(), cas.key().text()));
  }

  void registered(int services) {
    registered = Optional.of(Instant.now());
    display.say(
        "sessions registered for %d service%s".formatted(services, services == 1 ? "" : "s"));
  }

  void reported(ServiceRow row, AgentEvents.Line line, Optional<EdgeRow> firstOfItsKind) {
    var name = row.name();
    switch (line.event()) {
      case AgentEvent.Attested _ -> say("%s attested: %s".formatted(name, row.attestation()));
      case AgentEvent.Started(_, var program) -> {
        if (firstProgram.isEmpty()) {
          firstProgram = Optional.of(Instant.now());
        }
        say("%s started: %s at %s".formatted(name, program, row.address()));
      }
      case AgentEvent.Listening(var rule, var address, var mode) ->
          say("%s listens on %s (%s, %s)".formatted(name, address, ruleName(rule), mode));
      case AgentEvent.Opened _ -> firstOfItsKind.ifPresent(this::connected);
      case AgentEvent.Refused(var operation, var target, var rule, var reason) ->
          display.alarm(
              Wording.refusal(
                  new RefusalRow(line.at(), name, operation, target, rule, reason),
                  ZoneId.systemDefault()));
      case AgentEvent.Renewed(var changes) ->
          say(
              "%s renewed: %s"
                  .formatted(
                      name,
                      changes.isEmpty() ? "nothing" : "new " + String.join(", new ", changes)));
      case AgentEvent.NotRenewed(var reason, _, var left) ->
          alarm(
              "%s has certificates that %s, and CAS did not renew them: %s"
                  .formatted(
                      name, left > 0 ? "end in %d s".formatted(left) : "have ended", reason));
      case AgentEvent.Closed _, AgentEvent.Exited _, AgentEvent.Failed _ -> {
        // Closed connections are only counted; the other events are announced
        // when the process ends.
      }
    }
  }

  private void connected(EdgeRow edge) {
    say("%s → %s connected (%s)".formatted(edge.from(), edge.to(), ruleName(edge.rule())));
  }

  private static String ruleName(String rule) {
    return rule.isEmpty() ? "default mode" : "rule " + rule;
  }

  void ended(Endings.Ending ending) {
    switch (ending.code()) {
      case DONE -> say(ending.line());
      case INPUT_WRONG, USAGE, ENVIRONMENT_FAILED, REFUSED, BUG -> alarm(ending.line());
    }
  }

  /// Announces that the mesh is up, with the times of the steps.
  void up() {
    display.say(
        "up in %d ms: CAS ready %s, sessions registered %s, first program started %s"
            .formatted(
                Duration.between(started, Instant.now()).toMillis(),
                after(casReady),
                after(registered),
                after(firstProgram)));
  }

  private String after(Optional<Instant> moment) {
    return moment
        .map(at -> "after " + Duration.between(started, at).toMillis() + " ms")
        .orElse("unseen");
  }

  void late(ServiceRow row, Set<Integer> missing) {
    alarm(
        "service %s is not ready: %s"
            .formatted(
                row.name(),
                missing.isEmpty()
                    ? "it is still " + row.state().word()
                    : "nothing listens on port " + new TreeSet<>(missing)));
  }

  void stopping() {
    say("stopping");
  }

  void stopped() {
    say("everything is stopped");
  }

  void alarm(String line) {
    display.alarm(Printable.of(line));
  }

  private void say(String line) {
    display.say(Printable.of(line));
  }
}
