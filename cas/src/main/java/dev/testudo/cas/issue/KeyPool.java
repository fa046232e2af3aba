package dev.testudo.cas.issue;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.policy.session.KeyType;
import dev.testudo.trust.pki.KeyAlgorithm;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Makes private keys, which may take seconds, away from the store and its transactions. A few
/// threads take turns between those who wait, so one order for many keys is not before anybody
/// else's order for one.
public final class KeyPool implements AutoCloseable {
  /// How long an order may take.
  private static final long DEADLINE_SECONDS = 55;

  private final FairTurns<Order> turns = new FairTurns<>();
  private final List<Thread> threads = new ArrayList<>();
  private final SecureRandom random;
  private final Waiting waiting;
  private boolean closed;

  /// One key that somebody waits for.
  private record Order(KeyType type, CompletableFuture<MadeKeys.Made> made) {}

  /// Who waits for keys.
  ///
  /// @param name those of the same name share one turn
  /// @param stranger true for who owns nothing here: all strangers together have a share as large
  ///     as that of one who does
  public record Customer(String name, boolean stranger) {}

  /// The wait for keys.
  @FunctionalInterface
  public interface Wait {
    /// Waits.
    MadeKeys until() throws Refused;
  }

  /// Lets a thread wait without keeping from others what it has.
  @FunctionalInterface
  public interface Waiting {
    /// Does the waiting and returns what has come of it.
    MadeKeys during(Wait wait) throws Refused, IOException;
  }

  /// Starts `threads` threads.
  public KeyPool(int threads, SecureRandom random, Waiting waiting) {
    this.random = random;
    this.waiting = waiting;
    for (var i = 0; i < threads; i++) {
      this.threads.add(Thread.ofPlatform().name("cas-keys-" + i).daemon().start(this::work));
    }
  }

  /// Makes keys of these types; waits for them.
  public MadeKeys make(Customer customer, List<KeyType> types) throws Refused, IOException {
    if (types.isEmpty()) {
      return MadeKeys.NONE;
    }
    var orders = types.stream().map(type -> new Order(type, new CompletableFuture<>())).toList();
    synchronized (this) {
      if (closed || !turns.add(customer.name(), customer.stranger(), orders)) {
        throw busy();
      }
      notifyAll();
    }
    try {
      return waiting.during(() -> collected(orders));
    } finally {
      orders.forEach(order -> order.made().cancel(false));
    }
  }

  private static MadeKeys collected(List<Order> orders) throws Refused {
    var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    var made = new ArrayList<MadeKeys.Made>();
    try {
      for (var order : orders) {
        made.add(order.made().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
      }
      return new MadeKeys(made);
    } catch (TimeoutException | CancellationException e) {
      throw busy();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a key could not be made", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw busy();
    }
  }

  private static Refused busy() {
    return new Refused(
        RefusalId.BUSY, "CAS has as many keys to make as it may; try again in a minute");
  }

  private void work() {
    for (var order = next(); order != null; order = next()) {
      // An order whose caller has given up is not worth the time.
      if (!order.made().isDone()) {
        try {
          var key = algorithm(order.type()).generate(random).getPrivate();
          order.made().complete(new MadeKeys.Made(order.type(), key));
        } catch (RuntimeException | Error e) {
          order.made().completeExceptionally(e);
        }
      }
    }
  }

  private synchronized @Nullable Order next() {
    try {
      while (!closed && turns.isEmpty()) {
        wait();
      }
    } catch (InterruptedException e) {
      return null;
    }
    return closed ? null : turns.next();
  }

  private static KeyAlgorithm algorithm(KeyType type) {
    return switch (type) {
      case P_256 -> KeyAlgorithm.P_256;
      case P_384 -> KeyAlgorithm.P_384;
      case ED25519 -> KeyAlgorithm.ED25519;
      case RSA_2048 -> KeyAlgorithm.RSA_2048;
      case RSA_3072 -> KeyAlgorithm.RSA_3072;
    };
  }

  /// Refuses new orders and those that wait.
  @Override
  public synchronized void close() {
    closed = true;
    for (var order = turns.next(); order != null; order = turns.next()) {
      order.made().cancel(false);
    }
    threads.forEach(Thread::interrupt);
  }
}
