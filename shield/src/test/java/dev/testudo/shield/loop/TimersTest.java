package dev.testudo.shield.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimersTest {
  private static final long DAY = Duration.ofDays(1).toNanos();

  private final Timers timers = new Timers();

  @Test
  void cancelledOnesDoNotPileUp() {
    for (int i = 0; i < 100_000; i++) {
      timers.afterNanos(DAY, () -> {}).cancel();
    }
    assertTrue(timers.size() < 1000, "kept " + timers.size());
  }

  @Test
  void whatIsDueHappensOnceAndWhatIsCancelledDoesNot() {
    var happened = new ArrayList<String>();
    var due = timers.afterNanos(0, () -> happened.add("due"));
    timers.afterNanos(0, () -> happened.add("cancelled")).cancel();
    timers.afterNanos(DAY, () -> happened.add("later"));
    while (happened.isEmpty()) {
      timers.expire();
    }
    due.cancel();
    timers.expire();
    assertEquals(List.of("due"), happened);
    assertEquals(1, timers.size());
  }
}
