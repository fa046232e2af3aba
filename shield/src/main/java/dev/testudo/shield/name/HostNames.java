package dev.testudo.shield.name;

import dev.testudo.policy.shield.AddressMatch;
import dev.testudo.policy.shield.Destination;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.shield.Resolver;
import dev.testudo.shield.rule.HostAddresses;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Resolves the host names in rules, at the start and again when an answer is stale. If a lookup
/// fails, the earlier answer stays valid, so that an outage of the name service does not cut
/// working connections.
public final class HostNames implements HostAddresses, AutoCloseable {
  private static final Duration FIRST_LOOKUP = Duration.ofSeconds(5);
  private static final Duration FRESH = Duration.ofSeconds(30);

  /// How long it counts that a host does not exist: a service may be about to get its name.
  private static final Duration ABSENT = Duration.ofSeconds(1);
  private static final int THREADS = 2;

  private final Map<String, Entry> entries;
  private final Resolver resolver;

  /// Platform threads, because getaddrinfo(3) would pin the carriers of virtual ones.
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS, Thread.ofPlatform().name("shield-names-", 0).daemon().factory());

  private static final class Entry {
    private volatile Set<InetAddress> addresses = Set.of();
    private long askedAt = System.nanoTime();
  }

  /// Looks up the hosts of `rules` that need it, and waits at most five seconds for the answers.
  public HostNames(ShieldRules rules, Resolver resolver) {
    this.resolver = resolver;
    entries =
        hosts(rules).stream().collect(Collectors.toMap(Function.identity(), _ -> new Entry()));
    awaitFirst(entries.keySet().stream().map(this::lookUp).toList());
  }

  private static Set<String> hosts(ShieldRules rules) {
    return rules.clients().stream()
        .flatMap(
            rule ->
                rule.destination() instanceof Destination.Tcp(var host, _, AddressMatch.Resolve _)
                    ? List.of(host).stream()
                    : List.<String>of().stream())
        .collect(Collectors.toSet());
  }

  @Override
  public Set<InetAddress> addresses(String host) {
    var entry = entries.get(host);
    if (entry == null) {
      return Set.of();
    }
    if (isOld(entry)) {
      var _ = lookUp(host);
    }
    return entry.addresses;
  }

  /// Returns true once per period, so that many questions cause one lookup.
  private static boolean isOld(Entry entry) {
    synchronized (entry) {
      long now = System.nanoTime();
      var lifetime = entry.addresses.isEmpty() ? ABSENT : FRESH;
      boolean old = now - entry.askedAt > lifetime.toNanos();
      if (old) {
        entry.askedAt = now;
      }
      return old;
    }
  }

  private CompletableFuture<Void> lookUp(String host) {
    return CompletableFuture.runAsync(
        () -> {
          var answer = resolver.resolve(host);
          var entry = entries.get(host);
          if (entry != null && !answer.isEmpty()) {
            entry.addresses = Set.copyOf(answer);
          }
        },
        threads);
  }

  private static void awaitFirst(List<CompletableFuture<Void>> lookups) {
    try {
      CompletableFuture.allOf(lookups.toArray(CompletableFuture<?>[]::new))
          .get(FIRST_LOOKUP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException _) {
      // The answer may still arrive. Until then rules for that name do not match.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
