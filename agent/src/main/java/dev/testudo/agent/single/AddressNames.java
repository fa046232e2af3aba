package dev.testudo.agent.single;

import dev.testudo.policy.address.Hosts;
import dev.testudo.shield.Resolver;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// Finds names for addresses. A name counts only if looking it up returns the address again.
final class AddressNames {
  /// Looks up an address.
  @FunctionalInterface
  interface Reverse {
    /// Returns the name, or the address as text if there is none. May block on the network.
    Optional<String> name(InetAddress address);
  }

  /// The time limit for all lookups together, in seconds. A name is only a convenience.
  private static final long PATIENCE = 5;

  private final Map<InetAddress, String> hosts;
  private final Resolver resolver;
  private final Reverse reverse;
  private final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);

  AddressNames(List<String> hosts, Resolver resolver, Reverse reverse) {
    this.hosts = read(hosts);
    this.resolver = resolver;
    this.reverse = reverse;
  }

  /// Returns the names that this machine knows.
  static AddressNames system() {
    return new AddressNames(
        hostsFile(), Resolver.system(), address -> Optional.of(address.getCanonicalHostName()));
  }

  private static List<String> hostsFile() {
    try {
      return Files.readAllLines(Path.of("/etc/hosts"));
    } catch (IOException _) {
      return List.of();
    }
  }

  private static Map<InetAddress, String> read(List<String> lines) {
    var names = new LinkedHashMap<InetAddress, String>();
    for (var line : lines) {
      var words = line.replaceFirst("#.*", "").strip().split("\\s+");
      if (words.length > 1) {
        Hosts.literal(words[0]).ifPresent(address -> names.putIfAbsent(address, words[1]));
      }
    }
    return names;
  }

  /// Returns the name of `address`, if one is certain.
  Optional<String> of(InetAddress address) {
    var known = Optional.ofNullable(hosts.get(address));
    if (known.isPresent()) {
      return known.filter(name -> means(name, address));
    }
    return inTime(() -> reverse.name(address)).filter(name -> means(name, address));
  }

  private boolean means(String name, InetAddress address) {
    return Hosts.isDnsName(name)
        && Hosts.literal(name).isEmpty()
        && inTime(() -> Optional.of(resolver.resolve(name)))
            .filter(found -> found.contains(address))
            .isPresent();
  }

  private <T> Optional<T> inTime(Supplier<Optional<T>> lookUp) {
    var left = deadline - System.nanoTime();
    if (left <= 0) {
      return Optional.empty();
    }
    var answer = new CompletableFuture<Optional<T>>();
    Thread.ofPlatform().daemon().name("names").start(() -> answer.complete(lookUp.get()));
    try {
      return answer.get(left, TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException _) {
      return Optional.empty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
