package dev.testudo.cas.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HousekeepingTest {
  @Test
  void aChoreThatFailsIsDoneAgain() throws InterruptedException {
    var twice = new CountDownLatch(2);
    var housekeeping =
        Housekeeping.start(
            () -> {
              twice.countDown();
              throw new IllegalStateException("a failure that the test wants");
            });
    try (housekeeping) {
      assertTrue(twice.await(60, TimeUnit.SECONDS));
    }
  }
}
