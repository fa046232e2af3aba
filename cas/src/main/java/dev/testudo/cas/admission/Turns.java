package dev.testudo.cas.admission;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The requests that wait for a worker. The next one is that of the least cost, weighted by rank.
final class Turns {
  /// A waiting request.
  ///
  /// @param large true if its work may take long
  /// @param cost the caller's cost on arrival, see [Accounts#cost]
  record Waiting(Account account, Rank rank, boolean large, double cost, Work work) {}

  /// What happens to a request in the end.
  interface Work {
    /// Does the work.
    void run();

    /// Refuses the request because the queue is full of requests with precedence.
    void giveWay();
  }

  private static final Comparator<Waiting> BEST_FIRST =
      Comparator.comparingDouble(Waiting::cost).thenComparing(Waiting::rank);

  /// A trusted caller never gives way to one that is not.
  private static final Comparator<Waiting> WORST_LAST =
      Comparator.comparing((Waiting waiting) -> !waiting.rank().isTrusted())
          .thenComparing(BEST_FIRST);

  private final List<Waiting> waiting = new ArrayList<>();

  /// The requests that a worker takes.
  enum Taking {
    /// Small requests of trusted callers.
    RESERVED,
    /// All small requests.
    SMALL,
    /// Large requests only.
    LARGE
  }

  /// Queues `next`. If there is no room, the request of the lowest precedence gives way, which
  /// may be `next` itself.
  ///
  /// @return the request that gives way
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

  /// Removes a request that has waited too long.
  ///
  /// @return false if a worker has taken it already
  synchronized boolean leave(Waiting one) {
    return remove(one);
  }

  /// Waits for the next request for such a worker and removes it from the queue.
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
