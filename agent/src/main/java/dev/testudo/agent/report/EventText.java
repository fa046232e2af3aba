package dev.testudo.agent.report;

import dev.testudo.policy.source.Printable;
import dev.testudo.shield.ShieldEvent;
import dev.testudo.trust.channel.AgentEvent;
import dev.testudo.trust.status.SecuredConnection;

/// Formats events as lines for people. Peers choose names and programs choose paths, so neither may
/// start a new line.
final class EventText {
  private EventText() {}

  static String of(AgentEvent event) {
    return event instanceof AgentEvent.Failed failed
        ? failed.message() // from the agent itself; may have several lines
        : Printable.of(text(event));
  }

  static String of(ShieldEvent.Passed passed) {
    return Printable.of(
        "passed %s %s (%s)".formatted(passed.operation(), passed.target(), by(passed.rule())));
  }

  static String of(ShieldEvent.Shortage shortage) {
    return Printable.of(
        "short of descriptors: %s: %s".formatted(shortage.what(), shortage.reason()));
  }

  private static String text(AgentEvent event) {
    return switch (event) {
      case AgentEvent.Attested(var kind, var measurement) ->
          "attested evidence=%s measurement=%s".formatted(kind, measurement);
      case AgentEvent.Started(var pid, var program) ->
          "started pid=%d program=%s".formatted(pid, program);
      case AgentEvent.Listening(var rule, var address, var mode) ->
          "listening at %s, %s (%s)".formatted(address, mode, by(rule));
      case AgentEvent.Opened(var one) ->
          "connection %d begins: %s, %s"
              .formatted(
                  one.id(),
                  peer(one),
                  one.peerName().map(n -> "peer " + n).orElse("peer shows no certificate"));
      case AgentEvent.Closed(var one, var traffic, var millis, var reason) ->
          "connection %d ends: %s, %d bytes came in, %d went out in %d ms: %s"
              .formatted(one.id(), peer(one), traffic.in(), traffic.out(), millis, reason);
      case AgentEvent.Refused(var operation, var target, var rule, var reason) ->
          "refused %s %s (%s): %s".formatted(operation, target, by(rule), reason);
      case AgentEvent.Renewed(var changes) ->
          changes.isEmpty() ? "renewed: nothing" : "renewed: new " + String.join(", new ", changes);
      case AgentEvent.NotRenewed(var reason, _, var left) ->
          "certificates %s, and CAS did not renew them: %s"
              .formatted(left > 0 ? "end in %d s".formatted(left) : "have ended", reason);
      case AgentEvent.Exited(var code) -> "exited code=" + code;
      case AgentEvent.Failed(var message, _) -> message;
    };
  }

  private static String peer(SecuredConnection one) {
    return "%s %s (%s)".formatted(one.isInbound() ? "from" : "to", one.peer(), by(one.rule()));
  }

  private static String by(String rule) {
    return rule.isEmpty() ? "default mode" : "rule " + rule;
  }
}
