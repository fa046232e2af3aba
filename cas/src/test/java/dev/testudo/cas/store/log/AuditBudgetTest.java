package dev.testudo.cas.store.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AuditBudgetTest {
  private static final AuditEvent REFUSED =
      new AuditEvent.Refused("attest", "a/s", "attestation-refused", List.of());

  private final AtomicLong now = new AtomicLong();
  private final AuditBudget budget = new AuditBudget(now::get);
  private final Caller caller = Caller.of(Optional.empty(), InetAddress.ofLiteral("192.0.2.1"));

  private void event() {
    if (!budget.admits(caller)) {
      budget.count(caller, REFUSED);
    }
  }

  private void pass(long milliseconds) {
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(milliseconds));
  }

  @Test
  void whatIsMoreThanTheBudgetIsCounted() {
    for (var i = 0; i < AuditBudget.OF_KEY + 7; i++) {
      event();
    }
    assertEquals(Optional.empty(), budget.counted());
    pass(60_000);
    assertEquals(
        Optional.of(
            new AuditEvent.Counted(60, Map.of("attest attestation-refused - 192.0.2.1", 7L))),
        budget.counted());
    assertEquals(Optional.empty(), budget.counted());
  }

  @Test
  void aMinuteLaterThereIsABudgetAgain() {
    for (var i = 0; i < AuditBudget.OF_KEY; i++) {
      assertTrue(budget.admits(caller));
    }
    assertFalse(budget.admits(caller));
    pass(60_000);
    assertTrue(budget.admits(caller));
  }

  @Test
  void aFloodThatNeverPausesIsCountedEveryMinuteToo() {
    var logged = 0L;
    for (var second = 0; second < 180; second++) {
      for (var i = 0; i < 100; i++) {
        pass(10);
        event();
      }
      logged +=
          budget.counted().stream()
              .map(AuditEvent.Counted.class::cast)
              .flatMap(counted -> counted.counts().values().stream())
              .mapToLong(Long::longValue)
              .sum();
    }
    assertTrue(logged >= 100 * 120 - 3 * AuditBudget.OF_KEY, "counted " + logged);
  }
}
