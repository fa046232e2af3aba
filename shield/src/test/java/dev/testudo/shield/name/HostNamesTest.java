package dev.testudo.shield.name;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.shield.AddressMatch;
import dev.testudo.policy.shield.ClientRule;
import dev.testudo.policy.shield.ClientTreatment;
import dev.testudo.policy.shield.DefaultMode;
import dev.testudo.policy.shield.Destination;
import dev.testudo.policy.shield.RuleName;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.UnsupportedProtocols;
import dev.testudo.shield.Resolver;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Which names are looked up, and which addresses are known.
final class HostNamesTest {
  private static final InetAddress TEN = InetAddress.ofLiteral("10.0.0.10");

  private static ShieldRules rules(AddressMatch match) {
    var destination = new Destination.Tcp("redis", 6379, match);
    var rule =
        new ClientRule(new RuleName("CLIENT_1"), destination, new ClientTreatment.Unprotected());
    return new ShieldRules(
        DefaultMode.PROTECTED, UnsupportedProtocols.REFUSE, List.of(), List.of(rule));
  }

  @Test
  void namesOfRulesWithoutAddressAreKnownFromTheStart() {
    try (var names = new HostNames(rules(new AddressMatch.Resolve()), _ -> Set.of(TEN))) {
      assertEquals(Set.of(TEN), names.addresses("redis"));
      assertEquals(Set.of(), names.addresses("elsewhere"));
    }
  }

  @Test
  void namesOfOtherRulesAreNotLookedUp() {
    var asked = ConcurrentHashMap.<String>newKeySet();
    Resolver resolver =
        host -> {
          asked.add(host);
          return Set.of(TEN);
        };
    try (var names = new HostNames(rules(new AddressMatch.Any()), resolver)) {
      assertEquals(Set.of(), names.addresses("redis"));
      assertEquals(Set.of(), asked);
    }
  }

  @Test
  void aFailedLookupKnowsNothing() {
    try (var names = new HostNames(rules(new AddressMatch.Resolve()), _ -> Set.of())) {
      assertEquals(Set.of(), names.addresses("redis"));
    }
  }

  @Test
  @Timeout(60)
  void aHostThatDoesNotExistYetIsFoundSoonAfterItDoes() throws InterruptedException {
    var exists = new AtomicBoolean();
    Resolver resolver = _ -> exists.get() ? Set.of(TEN) : Set.of();
    try (var names = new HostNames(rules(new AddressMatch.Resolve()), resolver)) {
      assertEquals(Set.of(), names.addresses("redis"));
      exists.set(true);
      var asked = System.nanoTime();
      while (names.addresses("redis").isEmpty()) {
        var waited = Duration.ofNanos(System.nanoTime() - asked);
        assertTrue(waited.toSeconds() < 20, "a second is enough if the machine is not busy");
        Thread.sleep(20);
      }
    }
  }
}
