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

/// What a shield has done so far, as far as somebody may want to know: within limits, and quick
/// enough for the threads that serve the program.
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

  /// What is shielded.
  ///
  /// @param pid the process that shields
  /// @param programPid the process that is shielded
  /// @param service its name in a mesh
  public record Subject(
      long pid,
      long programPid,
      String program,
      Optional<String> service,
      Instant since,
      EffectivePolicy policy) {}

  /// Remembers an event.
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

  /// Remembers a refusal, which is an event too, and says whether to tell of it.
  ///
  /// @return how often it has happened; empty when it is not worth another line
  public OptionalLong noteRefusal(ShieldEvent.Refused refused) {
    return refusals.note(refused, clock.instant());
  }

  /// The reason of a refusal for a line about its `count`th time.
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

  /// Everything at this moment.
  public ShieldStatus status(Subject subject, List<LiveConnection> connections) {
    List<ShieldStatus.Listening> listeners;
    List<ShieldStatus.Ended> last;
    synchronized (this) {
      listeners = new ArrayList<>(listening);
      last = new ArrayList<>(ended);
    }
    return new ShieldStatus(
        subject.pid(),
        subject.programPid(),
        PidNamespace.OWN,
        subject.program(),
        subject.service(),
        subject.since(),
        subject.policy(),
        listeners,
        connections.size(),
        connections.stream().limit(ShieldStatus.MOST).map(Activity::connection).toList(),
        passed.sum(),
        last,
        refusals.total(),
        refusals.last());
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
