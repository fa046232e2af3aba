package dev.testudo.cas.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.cas.caller.Caller;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// The order in which waiting requests get their turn.
class TurnsTest {
  private final AtomicLong now = new AtomicLong();
  private final Accounts accounts = new Accounts(now::get);
  private final Turns turns = new Turns(accounts, now::get);
  private final List<String> order = new ArrayList<>();

  private Account account(String address) {
    return accounts.of(
        new Caller(Optional.empty(), Optional.empty(), InetAddress.ofLiteral(address), "request"));
  }

  private Account used(String address, Duration time) {
    var account = account(address);
    accounts.charge(account, time.toNanos());
    return account;
  }

  private void waits(String name, Account account, Rank rank) {
    var work =
        new Turns.Work() {
          @Override
          public void run() {
            order.add(name);
          }

          @Override
          public void giveWay() {
            order.add(name + " gives way");
          }
        };
    turns.add(new Turns.Waiting(account, rank, false, now.get(), work));
  }

  private List<String> served() throws InterruptedException {
    while (turns.size() > 0) {
      turns.next(Turns.Taking.SMALL).work().run();
    }
    return order;
  }

  @Test
  void whoUsedLeastComesFirstAndWhoWaitsCatchesUpWithSimilarOnes() throws Exception {
    waits("waiting", used("192.0.2.1", Duration.ofSeconds(1)), Rank.STRANGER);
    now.addAndGet(Duration.ofSeconds(1).toNanos());
    waits("heavy", used("192.0.2.2", Duration.ofSeconds(2)), Rank.STRANGER);
    waits("light", used("192.0.2.3", Duration.ofMillis(100)), Rank.STRANGER);
    waits("similar", used("192.0.2.4", Duration.ofMillis(900)), Rank.STRANGER);
    assertEquals(List.of("light", "waiting", "similar", "heavy"), served());
  }

  @Test
  void howeverLongOthersWaitNobodyPassesANewcomer() throws Exception {
    for (var i = 0; i < 20; i++) {
      waits("flood", used("192.0.2." + i, Duration.ofMillis(100)), Rank.STRANGER);
    }
    now.addAndGet(Duration.ofSeconds(9).toNanos());
    waits("newcomer", account("198.51.100.1"), Rank.STRANGER);
    assertEquals("newcomer", served().getFirst());
  }

  @Test
  void aNewcomerIsServedBeforeThoseWhoAreKnownAndUseMuch() throws Exception {
    waits("neighbour", used("192.0.2.1", Duration.ofSeconds(1)), Rank.NEIGHBOUR);
    now.addAndGet(Duration.ofSeconds(5).toNanos());
    waits("newcomer", account("198.51.100.1"), Rank.STRANGER);
    waits("light neighbour", used("192.0.2.2", Duration.ofMillis(50)), Rank.NEIGHBOUR);
    assertEquals(List.of("light neighbour", "newcomer", "neighbour"), served());
  }

  @Test
  void amongEqualRequestsTheBetterKnownThenTheEarliestComesFirst() throws Exception {
    waits("first", account("192.0.2.1"), Rank.STRANGER);
    waits("second", account("192.0.2.2"), Rank.STRANGER);
    waits("creator", account("192.0.2.3"), Rank.CREATOR);
    assertEquals(List.of("creator", "first", "second"), served());
  }
}
