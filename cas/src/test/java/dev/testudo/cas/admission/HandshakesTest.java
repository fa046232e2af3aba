package dev.testudo.cas.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.cas.admission.Handshakes.Turn;
import dev.testudo.cas.caller.Caller;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The order in which handshakes are computed.
@Timeout(120)
class HandshakesTest {
  private static final Origin ONE = new Origin("127.0.0.1");
  private static final Origin OTHER = new Origin("127.0.0.2");

  private final AtomicLong now = new AtomicLong();
  private final Callers callers = new Callers(Set.of(), now::get);
  private final Accounts accounts = new Accounts(now::get);
  private final Handshakes handshakes = new Handshakes(callers, accounts, now::get);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final LinkedBlockingQueue<String> order = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    threads.shutdownNow();
  }

  /// Adds a waiting handshake and returns once it waits. When it gets its turn it reports that
  /// and keeps the turn.
  private void waits(String name, Origin origin, boolean hasBegun) {
    var before = handshakes.waiting();
    var _ =
        threads.submit(
            () -> {
              try (var turn = Objects.requireNonNull(handshakes.await(origin, hasBegun))) {
                order.add(name);
                return turn;
              }
            });
    while (handshakes.waiting() == before) {
      Thread.onSpinWait();
    }
  }

  private Turn turn(Origin origin) throws InterruptedException {
    return Objects.requireNonNull(handshakes.await(origin, false));
  }

  private List<String> order(int count) throws InterruptedException {
    var all = new ArrayList<String>();
    for (var i = 0; i < count; i++) {
      all.add(order.take());
    }
    return all;
  }

  @Test
  void whatWasBegunGoesOnFirstThenTheLatestOfWhoCostLeast() throws Exception {
    var first = turn(ONE);
    var second = turn(ONE);
    accounts.charge(accounts.of(ONE), 1_000_000);
    waits("one, early", ONE, false);
    waits("one, late", ONE, false);
    waits("other, early", OTHER, false);
    waits("other, late", OTHER, false);
    waits("begun", ONE, true);
    accounts.charge(accounts.of(OTHER), 1_000);
    first.close();
    assertEquals(
        List.of("begun", "other, late", "other, early", "one, late", "one, early"), order(5));
    second.close();
  }

  @Test
  void anAddressFromWhichAProgramAttestedMayCostMore() throws Exception {
    callers.attested(
        new Caller(Optional.empty(), Optional.empty(), InetAddress.ofLiteral("127.0.0.1"), "r"));
    var first = turn(ONE);
    var second = turn(ONE);
    accounts.charge(accounts.of(ONE), 3_000_000);
    accounts.charge(accounts.of(OTHER), 1_000_000);
    waits("stranger's", OTHER, false);
    waits("neighbour's", ONE, false);
    first.close();
    assertEquals(List.of("neighbour's", "stranger's"), order(2));
    second.close();
  }

  @Test
  void aTurnThatEndsTwiceLetsOneInNotTwo() throws Exception {
    var first = turn(ONE);
    var second = turn(ONE);
    first.close();
    first.close();
    var third = turn(ONE);
    waits("fourth", ONE, false);
    assertEquals(1, handshakes.waiting());
    second.close();
    assertEquals(List.of("fourth"), order(1));
    third.close();
  }

  @Test
  void whatAHandshakeTookCountsToItsAddress() throws Exception {
    var first = turn(ONE);
    now.addAndGet(1_000_000);
    var second = turn(OTHER);
    first.close();
    var third = turn(ONE);
    waits("one", ONE, false);
    waits("other", OTHER, false);
    third.close();
    assertEquals(List.of("other", "one"), order(2));
    second.close();
  }
}
