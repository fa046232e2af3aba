package dev.testudo.operator.policy;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/// Divides the threads of the operator among namespaces. Whoever asks a CAS that answers late, or
/// never, holds a thread for so long, and anybody who can write objects chooses the CAS. So the
/// objects of one namespace hold at most [#MOST] threads, or more as long as all objects hold fewer
/// than half of them. Further ones come back later, each at a time of its own. Thread-safe.
public final class CasTurns {
  private static final int MOST = 3;
  private static final int HALF = 8;
  private static final Duration SOON = Duration.ofMillis(200);
  private static final Duration APART = Duration.ofMillis(4);

  private final InstantSource clock;
  private final Map<String, Space> spaces = new HashMap<>();
  private int all;

  /// Creates it with a turn for everybody.
  public CasTurns(InstantSource clock) {
    this.clock = clock;
  }

  /// What goes on in a namespace.
  private static final class Space {
    private int taken;
    private Instant next = Instant.EPOCH;
  }

  /// Does `work` if it is the turn of `object`; otherwise it comes back later.
  public <R extends HasMetadata> UpdateControl<R> take(R object, Supplier<UpdateControl<R>> work) {
    var namespace = object.getMetadata().getNamespace();
    var pause = begin(namespace);
    if (pause.isPositive()) {
      return UpdateControl.<R>noUpdate().rescheduleAfter(pause);
    }
    try {
      return work.get();
    } finally {
      end(namespace);
    }
  }

  /// Returns zero if the turn has begun, and else after which time to ask again.
  private synchronized Duration begin(String namespace) {
    var space = spaces.computeIfAbsent(namespace, _ -> new Space());
    if (space.taken < MOST || all < HALF) {
      space.taken++;
      all++;
      return Duration.ZERO;
    }
    var now = clock.instant();
    var soon = now.plus(SOON);
    space.next = space.next.isBefore(soon) ? soon : space.next.plus(APART);
    return Duration.between(now, space.next);
  }

  private synchronized void end(String namespace) {
    all--;
    spaces.computeIfPresent(
        namespace,
        (_, space) -> --space.taken == 0 && space.next.isBefore(clock.instant()) ? null : space);
  }
}
