package dev.testudo.cas.admission;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Requests that wait for a worker, and whose turn it is: the one's that has cost least lately, for
/// how well it is known.
final class Turns {
  /// One request that waits.
  ///
  /// @param large whether it may take long
  /// @param cost what it has cost when it came, see [Accounts#cost]
  record Waiting(Account account, Rank rank, boolean large, double cost, Work work) {}

  /// What is done when it is its turn.
  interface Work {
    /// Does it.
    void run();

    /// It is not done: the queue is full of better claims.
    void giveWay();
  }

  private static final Comparator<Waiting> BEST_FIRST =
      Comparator.comparingDouble(Waiting::cost).thenComparing(Waiting::rank);

  /// Nobody gives way to somebody who is trusted less.
  private static final Comparator<Waiting> WORST_LAST =
      Comparator.comparing((Waiting waiting) -> !waiting.rank().isTrusted())
          .thenComparing(BEST_FIRST);

  private final List<Waiting> waiting = new ArrayList<>();

  /// Which requests a worker takes.
  enum Taking {
    /// Small ones of callers that are trusted.
    RESERVED,
    /// All small ones.
    SMALL,
    /// Large ones only.
    LARGE
  }

  /// Lets `next` wait. If there is no room, the worst claim gives way: `next` or another.
  ///
  /// @return the one that gives way
  synchronized Optional<Waiting> add(Waiting next) {
    waiting.add(next);
    next.account().waiting++;
    next.account().origin.waiting++;
    notifyAll();
    var account = next.account();
    var crowd =
        account.waiting > Limit.KEY_WAITING.value()
            ? waiting.stream().filter(w -> w.account() == account)
            : account.origin.waiting > Limit.ADDRESS_WAITING.value()
                ? waiting.stream().filter(w -> w.account().origin == account.origin)
                : waiting.size() > Limit.WAITING.value()
                    ? waiting.stream()
                    : java.util.stream.Stream.<Waiting>empty();
    var worst = crowd.max(WORST_LAST);
    worst.ifPresent(this::remove);
    return worst;
  }

  /// Takes a request out that has waited too long. False if a worker has it already.
  synchronized boolean leave(Waiting one) {
    return remove(one);
  }

  /// The next request for such a worker, when there is one.
  synchronized Waiting next(Taking taking) throws InterruptedException {
    for (var best = best(taking); ; best = best(taking)) {
      if (best != null) {
        remove(best);
        return best;
      }
      wait();
    }
  }

  synchronized int size() {
    return waiting.size();
  }

  private @Nullable Waiting best(Taking taking) {
    return waiting.stream()
        .filter(
            w ->
                switch (taking) {
                  case RESERVED -> !w.large() && w.rank().isTrusted();
                  case SMALL -> !w.large();
                  case LARGE -> w.large();
                })
        .min(BEST_FIRST)
        .orElse(null);
  }

  private boolean remove(Waiting one) {
    var removed = waiting.remove(one);
    if (removed) {
      one.account().waiting--;
      one.account().origin.waiting--;
    }
    return removed;
  }
}
