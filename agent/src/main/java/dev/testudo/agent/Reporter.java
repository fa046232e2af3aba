package dev.testudo.agent;

import dev.testudo.agent.status.Activity;
import dev.testudo.policy.source.Printable;
import dev.testudo.shield.ShieldEvent;
import dev.testudo.shield.ShieldEvents;
import dev.testudo.trust.channel.AgentEvent;
import dev.testudo.trust.channel.AgentEvents;
import dev.testudo.trust.status.SecuredConnection;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/// Tells what happens: as events to whoever started the agent, who shows them, or else as lines on
/// standard error.
final class Reporter implements ShieldEvents, AutoCloseable {
  private final String service;
  private final PrintStream err;
  private final InstantSource clock;
  private final Optional<EventSender> socket;
  private final Activity activity;

  private Reporter(
      String service, PrintStream err, InstantSource clock, Optional<EventSender> socket) {
    this.service = service;
    this.err = err;
    this.clock = clock;
    this.socket = socket;
    this.activity = new Activity(clock);
  }

  /// What the shield has done so far.
  Activity activity() {
    return activity;
  }

  /// A reporter that also sends events to the Unix socket `events`, if there is one.
  static Reporter open(String service, PrintStream err, InstantSource clock, Optional<Path> events)
      throws AgentFailure {
    var lines = new Reporter(service, err, clock, Optional.empty());
    if (events.isEmpty()) {
      return lines;
    }
    try {
      var socket = EventSender.connect(events.get(), lines::say);
      return new Reporter(service, err, clock, Optional.of(socket));
    } catch (IOException e) {
      throw AgentFailure.environment("connect to the event socket " + events.get(), e);
    }
  }

  /// One line for a person, or several where `line` has line breaks: nothing in there may be
  /// somebody else's word, see [#line].
  void say(String line) {
    err.println("testudo agent: " + service + ": " + Printable.lines(line));
  }

  void tell(AgentEvent event) {
    var line = new AgentEvents.Line(clock.instant(), service, event);
    if (socket.isEmpty() || !socket.get().offer(line)) {
      say(line(event));
    }
  }

  @Override
  public void on(ShieldEvent event) {
    if (!(event instanceof ShieldEvent.Refused)) {
      activity.note(event);
    }
    switch (event) {
      // Not told: there may be thousands in a second, and nothing was asked of us.
      case ShieldEvent.Passed _ -> {}
      case ShieldEvent.Listening(var rule, var address, var secured) ->
          tell(
              new AgentEvent.Listening(
                  rule, address.toString(), secured ? "protected" : "unprotected"));
      case ShieldEvent.Opened(var connection) -> tell(new AgentEvent.Opened(connection));
      case ShieldEvent.Closed(var connection, var traffic, var duration, var reason) ->
          tell(new AgentEvent.Closed(connection, traffic, duration.toMillis(), reason));
      case ShieldEvent.Shortage(var what, var reason) ->
          err.println(
              Printable.of(
                  "testudo agent: %s: short of descriptors: %s: %s"
                      .formatted(service, what, reason)));
      case ShieldEvent.Refused e ->
          activity
              .noteRefusal(e)
              .ifPresent(
                  count ->
                      tell(
                          new AgentEvent.Refused(
                              e.operation(), e.target(), e.rule(), Activity.reason(e, count))));
    }
  }

  /// An event as a line. Peers choose names and programs choose paths.
  private static String line(AgentEvent event) {
    return event instanceof AgentEvent.Failed failed
        ? failed.message()
        : Printable.of(wording(event));
  }

  private static String wording(AgentEvent event) {
    return switch (event) {
      case AgentEvent.Attested(var kind, var measurement) ->
          "attested evidence=" + kind + " measurement=" + measurement;
      case AgentEvent.Started(var pid, var program) -> "started pid=" + pid + " program=" + program;
      case AgentEvent.Listening(var rule, var address, var mode) ->
          "listening address=" + address + " mode=" + mode + by(rule);
      case AgentEvent.Opened(var connection) ->
          "opened %s name=%s".formatted(subject(connection), connection.peerName().orElse("-"))
              + by(connection.rule());
      case AgentEvent.Closed(var connection, var traffic, var millis, var reason) ->
          "closed %s in=%d out=%d ms=%d reason=\"%s\""
                  .formatted(subject(connection), traffic.in(), traffic.out(), millis, reason)
              + by(connection.rule());
      case AgentEvent.Refused(var operation, var target, var rule, var reason) ->
          "refused " + operation + " " + target + by(rule) + ": " + reason;
      case AgentEvent.Exited(var code) -> "exited code=" + code;
      case AgentEvent.Failed(var message, _) -> message;
    };
  }

  private static String subject(SecuredConnection connection) {
    return "id=%d %s peer=%s"
        .formatted(
            connection.id(), connection.isInbound() ? "inbound" : "outbound", connection.peer());
  }

  private static String by(String rule) {
    return rule.isEmpty() ? " by the default mode" : " rule=" + rule;
  }

  @Override
  public void close() throws IOException {
    if (socket.isPresent()) {
      socket.get().close();
    }
  }
}
