package dev.testudo.agent.report;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.status.Activity;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.shield.ShieldEvent;
import dev.testudo.shield.ShieldEvents;
import dev.testudo.trust.channel.AgentEvent;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/// Reports what happens, and records it for `testudo shield top`. Events go to the process that
/// started the agent, which shows them, or to standard error as lines.
public final class Reporter implements ShieldEvents, AutoCloseable {
  private final Lines lines;
  private final Detail detail;
  private final InstantSource clock;
  private final Activity activity;
  private final Optional<EventSender> sender;

  private Reporter(Lines lines, Detail detail, InstantSource clock, Optional<EventSender> sender) {
    this.lines = lines;
    this.detail = detail;
    this.clock = clock;
    this.activity = new Activity(clock);
    this.sender = sender;
  }

  /// Reports everything as lines on `err`.
  ///
  /// @param prefix the beginning of each line
  public Reporter(String prefix, PrintStream err, Detail detail, InstantSource clock) {
    this(new Lines(prefix, err), detail, clock, Optional.empty());
  }

  /// Returns a reporter that replaces this one and sends the events of `service` to the Unix socket
  /// `events`, as long as there is a reader.
  public Reporter sendingTo(Path events, String service) throws AgentFailure {
    try {
      var connected = EventSender.connect(events, service, clock, lines::say);
      return new Reporter(lines, detail, clock, Optional.of(connected));
    } catch (IOException e) {
      close();
      throw AgentFailure.environment("connect to the event socket " + events, e);
    }
  }

  /// Returns the record of the shield's activity.
  public Activity activity() {
    return activity;
  }

  /// Prints a line for people, or several if `text` has line breaks. `text` must not contain
  /// unchecked text from others; see [EventText].
  public void say(String text) {
    lines.say(text);
  }

  /// Reports an event.
  public void tell(AgentEvent event) {
    if (sender.isEmpty() || !sender.get().offer(event)) {
      say(EventText.of(event));
    }
  }

  /// Returns the value, after printing its warnings.
  ///
  /// @param what what was read, in the plural: `the rules`
  public <T> T valid(String what, Parsed<T> parsed) throws AgentFailure {
    return switch (parsed) {
      case Parsed.Valid<T>(var value, var warnings) -> {
        if (!warnings.isEmpty()) {
          say("warnings about " + what + ":\n" + Diagnostics.render(warnings).stripTrailing());
        }
        yield value;
      }
      case Parsed.Invalid<T>(var problems) ->
          throw AgentFailure.input(
              "errors in "
                  + what
                  + ", so the program was not started:\n"
                  + Diagnostics.render(problems).stripTrailing());
    };
  }

  @Override
  public void on(ShieldEvent event) {
    if (!(event instanceof ShieldEvent.Refused)) {
      activity.note(event);
    }
    switch (event) {
      case ShieldEvent.Listening(var rule, var address, var secured) ->
          tell(
              new AgentEvent.Listening(
                  rule, address.toString(), secured ? "protected" : "unprotected"));
      case ShieldEvent.Passed passed -> {
        if (detail == Detail.ALL_CONNECTIONS) {
          say(EventText.of(passed));
        }
      }
      case ShieldEvent.Opened(var connection) -> {
        if (detail != Detail.NO_CONNECTIONS) {
          tell(new AgentEvent.Opened(connection));
        }
      }
      case ShieldEvent.Closed(var connection, var traffic, var duration, var reason) -> {
        if (detail != Detail.NO_CONNECTIONS) {
          tell(new AgentEvent.Closed(connection, traffic, duration.toMillis(), reason));
        }
      }
      case ShieldEvent.Shortage shortage -> say(EventText.of(shortage));
      case ShieldEvent.Refused refused -> refused(refused);
    }
  }

  private void refused(ShieldEvent.Refused one) {
    activity
        .noteRefusal(one)
        .ifPresent(
            count ->
                tell(
                    new AgentEvent.Refused(
                        one.operation(), one.target(), one.rule(), Activity.reason(one, count))));
  }

  /// Writes what is queued, for at most two seconds per destination.
  @Override
  public void close() {
    sender.ifPresent(EventSender::close);
    lines.close();
  }
}
