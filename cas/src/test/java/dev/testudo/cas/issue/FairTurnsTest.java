package dev.testudo.cas.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairTurnsTest {
  private final FairTurns<String> turns = new FairTurns<>();

  private List<String> all() {
    var order = new ArrayList<String>();
    for (var next = turns.next(); next != null; next = turns.next()) {
      order.add(next);
    }
    return order;
  }

  @Test
  void aLargeOrderIsNotBeforeASmallOne() {
    turns.add("a", false, List.of("a1", "a2", "a3"));
    turns.add("b", false, List.of("b1"));
    assertEquals(List.of("a1", "b1", "a2", "a3"), all());
    assertTrue(turns.isEmpty());
  }

  @Test
  void allStrangersTogetherHaveOneTurnInARound() {
    turns.add("s", true, List.of("s1", "s2"));
    turns.add("t", true, List.of("t1"));
    turns.add("a", false, List.of("a1", "a2"));
    turns.add("b", false, List.of("b1", "b2"));
    assertEquals(List.of("s1", "a1", "b1", "t1", "a2", "b2", "s2"), all());
  }

  @Test
  void nobodyQueuesWithoutEnd() {
    var many = Collections.nCopies(FairTurns.OF_ONE, "x");
    assertTrue(turns.add("a", true, many));
    assertFalse(turns.add("a", true, List.of("more")));
    assertTrue(turns.add("b", true, many));
    assertFalse(turns.add("c", true, List.of("more")));
    assertTrue(turns.add("owner", false, many));
    assertEquals(FairTurns.OF_STRANGERS + FairTurns.OF_ONE, all().size());
  }
}
