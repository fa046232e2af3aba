package dev.testudo.cas.admission;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The requests that wait for a worker. The next one is that of the least cost, weighted by rank.
/// Among equal ones it is the earliest.
final class Turns {
  /// A waiting request.
  ///
  /// @param large true if its work may take long
  /// @param since the time of its arrival
  record Waiting(Account account, Rank rank, boolean large, long since, Work work) {}

  /// A waiting request with its caller's cost at this moment, see [Accounts#cost].
  private record Weighed(Waiting waiting, double cost) {}

  /// What happens to a request in the end.
  interface Work {
    /// Does the work.
    void run();

    /// Refuses the request because the queue is full of requests with precedence.
    void giveWay();
  }

  private static final Comparator<Weighed> BEST_FIRST =
      Comparator.comparingDouble(Weighed::cost)
          .thenComparing((Weighed weighed) -> weighed.waiting().rank());

  /// A trusted caller never gives way to one that is not.
  private static final Comparator<Weighed> WORST_LAST =
      Comparator.comparing((Weighed weighed) -> !weighed.waiting().rank().isTrusted())
          .thenComparing(BEST_FIRST);

  private final Accounts accounts;
  private final LongSupplier nanoTime;

  /// In the order of arrival.
  private final List<Waiting> waiting = new ArrayList<>();

  /// Creates an empty queue.
  ///
  /// @param nanoTime a clock like [System#nanoTime()]
  Turns(Accounts accounts, LongSupplier nanoTime) {
    this.accounts = accounts;
    this.nanoTime = nanoTime;
  }

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
    return crowd(next.account())
        .flatMap(crowd -> weighed(crowd).max(WORST_LAST))
        .map(Weighed::waiting)
        .filter(this::remove);
  }

  /// Returns which requests are too many after one of `account` has arrived.
  private Optional<Predicate<Waiting>> crowd(Account account) {
    if (account.waiting > Limit.KEY_WAITING.value()) {
      return Optional.of(w -> w.account() == account);
    }
    if (account.origin.waiting > Limit.ADDRESS_WAITING.value()) {
      return Optional.of(w -> w.account().origin == account.origin);
    }
    return waiting.size() > Limit.WAITING.value() ? Optional.of(_ -> true) : Optional.empty();
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
    Predicate<Waiting> suitable =
        w ->
            switch (taking) {
              case RESERVED -> !w.large() && w.rank().isTrusted();
              case SMALL -> !w.large();
              case LARGE -> w.large();
            };
    return weighed(suitable).min(BEST_FIRST).map(Weighed::waiting).orElse(null);
  }

  private Stream<Weighed> weighed(Predicate<Waiting> which) {
    var now = nanoTime.getAsLong();
    return waiting.stream()
        .filter(which)
        .map(w -> new Weighed(w, accounts.cost(w.account(), w.rank(), now - w.since())));
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
