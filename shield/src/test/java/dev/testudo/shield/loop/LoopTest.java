package dev.testudo.shield.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoopTest {
  @Test
  void cancelledTimersDoNotPileUp() throws Exception {
    try (var loop = new Loop(10)) {
      for (int i = 0; i < 100_000; i++) {
        loop.after(Duration.ofDays(1), () -> {}).cancel();
      }
      assertTrue(loop.timers() < 1000, "kept " + loop.timers());
    }
  }

  @Test
  void timersFireInOrderAndCancelledOnesDoNot() throws Exception {
    var fired = new ArrayList<Integer>();
    try (var loop = new Loop(10)) {
      for (int i = 999; i >= 0; i--) {
        int number = i;
        var timer = loop.afterNanos(i * 1000L, () -> fired.add(number));
        if (i % 10 != 0) {
          timer.cancel();
        }
      }
      loop.after(Duration.ofMillis(20), loop::stop);
      loop.run();
    }
    var expected = new ArrayList<Integer>();
    for (int i = 0; i < 1000; i += 10) {
      expected.add(i);
    }
    // Time passes while the timers are created, so neighbours may have changed places.
    assertEquals(expected, fired.stream().sorted().toList());
    assertEquals(List.of(), fired.stream().filter(i -> i % 10 != 0).toList());
  }
}
