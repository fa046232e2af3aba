package dev.testudo.agent.status;

import dev.testudo.policy.shield.EffectivePolicy;
import dev.testudo.shield.LiveConnection;
import dev.testudo.shield.ShieldEvent;
import dev.testudo.shield.TlsSession;
import dev.testudo.trust.status.ShieldStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The record of a shield's activity for its status: bounded, and fast enough for the threads that
/// serve the program.
public final class Activity {
  private static final int MOST_LISTENERS = ShieldStatus.MOST;
  private static final int MOST_ENDED = 256;

  private final InstantSource clock;
  private final Refusals refusals = new Refusals();
  private final Set<ShieldStatus.Listening> listening = new LinkedHashSet<>();
  private final Deque<ShieldStatus.Ended> ended = new ArrayDeque<>();
  private final LongAdder passed = new LongAdder();

  public Activity(InstantSource clock) {
    this.clock = clock;
  }

  /// The shielded program.
  ///
  /// @param pid the process of the program; that of the shield is this one
  /// @param service the service's name in a mesh
  public record Subject(
      long pid, String program, Optional<String> service, Instant since, EffectivePolicy policy) {}

  /// Records an event.
  public void note(ShieldEvent event) {
    switch (event) {
      case ShieldEvent.Passed _ -> passed.increment();
      case ShieldEvent.Listening(var rule, var address, var secured) ->
          noteListening(new ShieldStatus.Listening(rule, address.toString(), secured));
      case ShieldEvent.Closed closed -> noteEnded(closed);
      case ShieldEvent.Opened _, ShieldEvent.Shortage _ -> {}
      case ShieldEvent.Refused refused -> noteRefusal(refused);
    }
  }

  /// Records a refusal, and decides whether to log it. Do not pass the same event to [#note].
  ///
  /// @return how often it has happened; empty if it need not be logged
  public OptionalLong noteRefusal(ShieldEvent.Refused refused) {
    return refusals.note(refused, clock.instant());
  }

  /// Returns the text of a refusal's reason when it is logged for the `count`th time.
  public static String reason(ShieldEvent.Refused refused, long count) {
    return count == 1
        ? refused.reason()
        : "%s (%d times so far)".formatted(refused.reason(), count);
  }

  private synchronized void noteListening(ShieldStatus.Listening one) {
    if (listening.size() < MOST_LISTENERS) {
      listening.add(one);
    }
  }

  private synchronized void noteEnded(ShieldEvent.Closed closed) {
    if (ended.size() == MOST_ENDED) {
      ended.removeFirst();
    }
    ended.addLast(
        new ShieldStatus.Ended(
            closed.connection(), closed.traffic(), clock.instant(), closed.reason()));
  }

  /// Returns the current status.
  public ShieldStatus status(Subject subject, List<LiveConnection> connections) {
    List<ShieldStatus.Listening> listeners;
    List<ShieldStatus.Ended> last;
    synchronized (this) {
      listeners = new ArrayList<>(listening);
      last = new ArrayList<>(ended);
    }
    return new ShieldStatus(
        new ShieldStatus.Shielded(
            ProcessHandle.current().pid(),
            subject.pid(),
            PidNamespace.OWN,
            subject.program(),
            subject.service(),
            subject.since()),
        subject.policy(),
        listeners,
        new ShieldStatus.Connections(
            connections.size(),
            connections.stream().limit(ShieldStatus.MOST).map(Activity::connection).toList(),
            passed.sum(),
            last),
        new ShieldStatus.Refusals(refusals.total(), refusals.last()));
  }

  private static ShieldStatus.Connection connection(LiveConnection live) {
    return new ShieldStatus.Connection(
        live.connection(), live.traffic(), live.since(), tls(live.tls()));
  }

  private static String tls(TlsSession tls) {
    return Stream.of(
            Optional.of(tls.version()), Optional.of(tls.cipherSuite()), tls.group(), tls.protocol())
        .flatMap(Optional::stream)
        .collect(Collectors.joining(" "));
  }
}
