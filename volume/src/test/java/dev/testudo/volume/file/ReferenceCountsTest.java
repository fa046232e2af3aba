package dev.testudo.volume.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReferenceCountsTest {
  @Test
  void countsAsAMapWould() {
    var random = new Random(1);
    Map<Long, Long> model = new HashMap<>();
    var counts = new ReferenceCounts();
    for (var step = 0; step < 300_000; step++) {
      long number = 1L + random.nextInt(step < 150_000 ? 5000 : 100);
      if (random.nextInt(5) < (step % 40_000 < 20_000 ? 4 : 1)) {
        counts.add(number);
        model.merge(number, 1L, Long::sum);
      } else {
        long count = 1L + random.nextInt(3);
        Long left = model.computeIfPresent(number, (_, had) -> had > count ? had - count : null);
        assertEquals(left == null, counts.subtract(number, count));
      }
      assertEquals(model.containsKey(number), counts.contains(number));
    }
    assertEquals(model.size(), counts.size());
  }

  @Test
  void aStrangerHasNoCount() {
    var counts = new ReferenceCounts();
    assertTrue(counts.subtract(7, 1));
    counts.add(7);
    assertFalse(counts.contains(8));
    assertEquals(1, counts.size());
  }
}
