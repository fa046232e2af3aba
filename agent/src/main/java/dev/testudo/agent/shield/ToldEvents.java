package dev.testudo.agent.shield;

import dev.testudo.agent.status.Activity;
import dev.testudo.policy.source.Printable;
import dev.testudo.shield.ShieldEvent;
import dev.testudo.trust.status.SecuredConnection;

/// What a shield does, told in lines and remembered for `testudo shield top`. Which connections
/// begin and end is told only if asked for: there may be thousands in a second.
record ToldEvents(Activity activity, Lines lines, boolean connections) {

  /// Called by the threads that serve the program; never waits.
  void on(ShieldEvent event) {
    if (event instanceof ShieldEvent.Refused refused) {
      activity
          .noteRefusal(refused)
          .ifPresent(count -> say(line(refused, Activity.reason(refused, count))));
      return;
    }
    activity.note(event);
    switch (event) {
      case ShieldEvent.Listening(var rule, var address, var secured) ->
          say(
              "listening at %s, %s (%s)"
                  .formatted(address, secured ? "protected" : "unprotected", by(rule)));
      case ShieldEvent.Passed passed when connections ->
          say(
              "passed %s %s (%s)"
                  .formatted(passed.operation(), passed.target(), by(passed.rule())));
      case ShieldEvent.Opened(var one) when connections ->
          say(
              "connection %d begins: %s, %s"
                  .formatted(
                      one.id(),
                      peer(one),
                      one.peerName().map(n -> "peer " + n).orElse("peer shows no certificate")));
      case ShieldEvent.Closed closed when connections -> say(line(closed));
      case ShieldEvent.Shortage(var what, var reason) ->
          say("short of descriptors: %s: %s".formatted(what, reason));
      case ShieldEvent.Passed _,
          ShieldEvent.Opened _,
          ShieldEvent.Closed _,
          ShieldEvent.Refused _ -> {}
    }
  }

  /// Peers choose names and programs choose paths.
  private void say(String line) {
    lines.say(Printable.of(line));
  }

  private static String line(ShieldEvent.Refused refused, String reason) {
    return "refused %s %s (%s): %s"
        .formatted(refused.operation(), refused.target(), by(refused.rule()), reason);
  }

  private static String line(ShieldEvent.Closed closed) {
    return "connection %d ends: %s, %d bytes came in, %d went out in %d ms: %s"
        .formatted(
            closed.connection().id(),
            peer(closed.connection()),
            closed.traffic().in(),
            closed.traffic().out(),
            closed.duration().toMillis(),
            closed.reason());
  }

  private static String peer(SecuredConnection one) {
    return "%s %s (%s)".formatted(one.isInbound() ? "from" : "to", one.peer(), by(one.rule()));
  }

  private static String by(String rule) {
    return rule.isEmpty() ? "default mode" : "rule " + rule;
  }
}
