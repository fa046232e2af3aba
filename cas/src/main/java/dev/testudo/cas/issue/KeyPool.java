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

/// Generates private keys, which may take seconds, outside the store's transactions. Its
/// threads serve customers in turns, so an order of many keys does not delay another
/// customer's order of one.
public final class KeyPool implements AutoCloseable {
  /// The longest time that an order may take.
  private static final long DEADLINE_SECONDS = 55;

  private final FairTurns<Order> turns = new FairTurns<>();
  private final List<Thread> threads = new ArrayList<>();
  private final SecureRandom random;
  private final Waiting waiting;
  private boolean closed;

  /// A key to be generated.
  private record Order(KeyType type, CompletableFuture<MadeKeys.Made> made) {}

  /// A customer that waits for keys.
  ///
  /// @param name customers of the same name share one turn
  /// @param stranger true if the caller owns nothing here; all strangers together have the share of
  ///     one known customer
  public record Customer(String name, boolean stranger) {}

  /// The wait for keys.
  @FunctionalInterface
  public interface Wait {
    /// Waits until the keys are there.
    MadeKeys until() throws Refused;
  }

  /// Lets a thread wait without occupying resources that others need.
  @FunctionalInterface
  public interface Waiting {
    /// Waits and returns the result.
    MadeKeys during(Wait wait) throws Refused, IOException;
  }

  /// Starts the given number of threads.
  public KeyPool(int threads, SecureRandom random, Waiting waiting) {
    this.random = random;
    this.waiting = waiting;
    for (var i = 0; i < threads; i++) {
      this.threads.add(Thread.ofPlatform().name("cas-keys-" + i).daemon().start(this::work));
    }
  }

  /// Generates keys of the given types and waits for them.
  ///
  /// @throws Refused if too many keys are waited for, or if it takes too long
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
      throw new IllegalStateException("cannot generate a key", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw busy();
    }
  }

  private static Refused busy() {
    return new Refused(
        RefusalId.BUSY, "CAS has reached its limit of keys to generate; try again in a minute");
  }

  private void work() {
    for (var order = next(); order != null; order = next()) {
      // Skip orders whose caller has given up.
      if (!order.made().isDone()) {
        try {
          var key = algorithm(order.type()).generate(random);
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

  /// Refuses new orders and cancels those that wait.
  @Override
  public synchronized void close() {
    closed = true;
    for (var order = turns.next(); order != null; order = turns.next()) {
      order.made().cancel(false);
    }
    threads.forEach(Thread::interrupt);
  }
}
