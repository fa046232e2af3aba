package dev.testudo.agent.mesh;

import dev.testudo.agent.AgentFailure;
import dev.testudo.trust.channel.AgentEvent;
import dev.testudo.trust.channel.AttestationException;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.channel.Renewal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/// Asks CAS for new values before those of a running service end. Each agent asks at a random time
/// after CAS has new ones, so that many agents that started at once do not ask at once. If CAS does
/// not give them, it asks again at growing intervals, also after the end, for a day.
final class Renewals implements AutoCloseable {
  /// The part of the time between `due` and `end` in which the first request is made.
  private static final int SPREAD = 4;

  /// How long CAS accepts a ticket after the end.
  private static final Duration LATEST = Duration.ofDays(1);

  private static final String TOO_LATE =
      "the agent does not ask any more, because CAS accepts no ticket this long after its end;"
          + " restart the service";

  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /// The longest wait in one piece. The clock counts, which may be set and which goes on while the
  /// machine sleeps.
  private static final Duration PIECE = Duration.ofMinutes(1);

  /// A request to CAS.
  @FunctionalInterface
  interface Asking {
    /// Returns the present configuration.
    Configuration ask(String ticket) throws AgentFailure, IOException;
  }

  /// The use of a new configuration.
  @FunctionalInterface
  interface Applying {
    /// Returns what has changed.
    List<String> apply(Configuration next) throws AgentFailure, InterruptedException;
  }

  /// Waits; tests have another implementation.
  @FunctionalInterface
  interface Pause {
    /// Waits for `time`.
    void take(Duration time) throws InterruptedException;
  }

  private final Asking asking;
  private final Applying applying;
  private final Consumer<AgentEvent> events;
  private final InstantSource clock;
  private final Pause pause;
  private Optional<Thread> thread = Optional.empty();

  Renewals(Asking asking, Applying applying, Consumer<AgentEvent> events) {
    this(asking, applying, events, InstantSource.system(), Thread::sleep);
  }

  Renewals(
      Asking asking,
      Applying applying,
      Consumer<AgentEvent> events,
      InstantSource clock,
      Pause pause) {
    this.asking = asking;
    this.applying = applying;
    this.events = events;
    this.clock = clock;
    this.pause = pause;
  }

  /// Starts to wait for the end of the present values, if they have one.
  Renewals after(Optional<Renewal> present) {
    if (present.isPresent()) {
      thread =
          Optional.of(
              Thread.ofPlatform().daemon().name("renewal").start(() -> renew(present.get())));
    }
    return this;
  }

  /// Renews until nothing has an end any more, or CAS has refused for too long.
  void renew(Renewal first) {
    try {
      var present = Optional.of(first);
      while (present.isPresent()) {
        var renewal = present.get();
        var received = clock.instant();
        awaitUntil(received.plus(jittered(renewal)));
        present = next(renewal, received.plus(renewal.end()));
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }

  private static Duration jittered(Renewal renewal) {
    var spread = renewal.end().minus(renewal.due()).dividedBy(SPREAD).toMillis();
    var due = renewal.due().plusMillis(random(Math.max(0, spread)));
    return due.compareTo(FIRST) < 0 ? FIRST : due;
  }

  private static long random(long most) {
    return ThreadLocalRandom.current().nextLong(most + 1);
  }

  private void awaitUntil(Instant then) throws InterruptedException {
    for (var left = until(then); left.isPositive(); left = until(then)) {
      pause.take(left.compareTo(PIECE) < 0 ? left : PIECE);
    }
  }

  private Duration until(Instant then) {
    return Duration.between(clock.instant(), then);
  }

  /// Asks until there are new values, and returns when those end.
  private Optional<Renewal> next(Renewal present, Instant end) throws InterruptedException {
    var interval = FIRST;
    var last = Optional.<AgentEvent.NotRenewed>empty();
    while (true) {
      var failure = attempt(present);
      if (failure instanceof Attempt.Done(var renewal)) {
        return renewal;
      }
      var left = until(end);
      if (failure instanceof Attempt.Failed(var reason, var request)) {
        var event = new AgentEvent.NotRenewed(reason, request, secondsOf(left));
        if (last.isEmpty() || isNews(last.get(), event)) {
          events.accept(event);
        }
        last = Optional.of(event);
      }
      if (left.plus(LATEST).isNegative()) {
        events.accept(new AgentEvent.NotRenewed(TOO_LATE, Optional.empty(), 0));
        return Optional.empty();
      }
      var wait = interval.dividedBy(2).plusMillis(random(interval.toMillis() / 2));
      // The end of the present values is news.
      awaitUntil(clock.instant().plus(left.isPositive() && left.compareTo(wait) < 0 ? left : wait));
      interval =
          interval.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : interval.multipliedBy(2);
    }
  }

  /// Returns whole seconds, zero only if nothing is left.
  private static long secondsOf(Duration left) {
    return Math.max(0, left.plusMillis(999).toSeconds());
  }

  private static boolean isNews(AgentEvent.NotRenewed before, AgentEvent.NotRenewed now) {
    return (before.secondsLeft() > 0) != (now.secondsLeft() > 0)
        || before.request().isPresent() != now.request().isPresent();
  }

  /// The outcome of one request.
  private sealed interface Attempt {
    record Done(Optional<Renewal> next) implements Attempt {}

    record Failed(String reason, Optional<String> request) implements Attempt {}
  }

  private Attempt attempt(Renewal present) throws InterruptedException {
    try (var configuration = asking.ask(present.ticket())) {
      events.accept(new AgentEvent.Renewed(applying.apply(configuration)));
      return new Attempt.Done(configuration.origin().renewal());
    } catch (AttestationException e) {
      return new Attempt.Failed(line(e), Optional.of(e.request()));
    } catch (IOException e) {
      return new Attempt.Failed(line(e), Optional.empty());
    } catch (AgentFailure e) {
      return new Attempt.Failed(e.line(), e.request());
    }
  }

  private static String line(Exception e) {
    return String.valueOf(e.getMessage()).replace("\n", "; ");
  }

  @Override
  public void close() {
    thread.ifPresent(Thread::interrupt);
  }
}
