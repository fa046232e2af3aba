package dev.testudo.shield.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
  private final Deadlines deadlines = new Deadlines();

  @Test
  void cancelledOnesDoNotPileUp() {
    for (int i = 0; i < 100_000; i++) {
      deadlines.after(Duration.ofDays(1), () -> {}).cancel();
    }
    assertTrue(deadlines.size() < 1000, "kept " + deadlines.size());
  }

  @Test
  void whatIsDueHappensOnceAndWhatIsCancelledDoesNot() {
    var happened = new ArrayList<String>();
    var due = deadlines.after(Duration.ZERO, () -> happened.add("due"));
    deadlines.after(Duration.ZERO, () -> happened.add("cancelled")).cancel();
    deadlines.after(Duration.ofDays(1), () -> happened.add("later"));
    while (happened.isEmpty()) {
      deadlines.expire();
    }
    due.cancel();
    deadlines.expire();
    assertEquals(List.of("due"), happened);
    assertEquals(1, deadlines.size());
  }
}
