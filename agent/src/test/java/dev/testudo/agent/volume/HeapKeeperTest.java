package dev.testudo.agent.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HeapKeeperTest {
  private static final long MIB = 1 << 20;

  private final Memory memory = new Memory();

  private static final class Memory implements HeapKeeper.Heap {
    private long used = 20 * MIB;
    private long needed = 20 * MIB;
    private int collections;

    @Override
    public long used() {
      return used;
    }

    @Override
    public void collect() {
      used = needed;
      collections++;
    }
  }

  @Test
  void garbageIsCollectedWhenTheHeapHasGrown() {
    try (var keeper = new HeapKeeper(memory)) {
      memory.used += HeapKeeper.GROWTH;
      keeper.look();
      assertEquals(0, memory.collections);
      memory.used += MIB;
      keeper.look();
      assertEquals(1, memory.collections);
      keeper.look();
      assertEquals(1, memory.collections);
    }
  }

  @Test
  void whatIsNeededIsNotCollectedAgainAndAgain() {
    try (var keeper = new HeapKeeper(memory)) {
      memory.needed = 200 * MIB;
      memory.used = memory.needed;
      keeper.look();
      keeper.look();
      keeper.look();
      assertEquals(1, memory.collections);
      memory.used += HeapKeeper.GROWTH + MIB;
      keeper.look();
      assertEquals(2, memory.collections);
    }
  }
}
