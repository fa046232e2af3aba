package dev.testudo.volume.file;

import java.util.Arrays;

/// How often the kernel was told about each inode, less how often it has forgotten it. A table
/// without objects, because the kernel may know all files of a volume. Not thread-safe.
final class ReferenceCounts {
  private static final int FIRST_CAPACITY = 256;

  private long[] numbers = new long[FIRST_CAPACITY]; // 0: free
  private long[] counts = new long[FIRST_CAPACITY];
  private int used;

  /// Returns how many inodes have a count.
  int size() {
    return used;
  }

  void add(long number) {
    if (2 * used >= numbers.length) {
      resize(2 * numbers.length);
    }
    int at = find(number);
    if (numbers[at] == 0) {
      numbers[at] = number;
      used++;
    }
    counts[at]++;
  }

  /// Subtracts `count`, or as much as is there. Returns whether none is left.
  boolean subtract(long number, long count) {
    int at = find(number);
    if (numbers[at] == 0) {
      return true;
    }
    counts[at] -= Math.min(count, counts[at]);
    if (counts[at] > 0) {
      return false;
    }
    remove(at);
    if (numbers.length > FIRST_CAPACITY && 8 * used < numbers.length) {
      resize(numbers.length / 2);
    }
    return true;
  }

  boolean contains(long number) {
    return numbers[find(number)] != 0;
  }

  private int find(long number) {
    int mask = numbers.length - 1;
    int at = slot(number, mask);
    while (numbers[at] != 0 && numbers[at] != number) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private static int slot(long number, int mask) {
    return (int) ((number * 0x9E3779B97F4A7C15L) >>> 32) & mask;
  }

  /// Frees a place, and moves those behind it that would not be found any more.
  private void remove(int place) {
    int mask = numbers.length - 1;
    int free = place;
    for (int at = (free + 1) & mask; numbers[at] != 0; at = (at + 1) & mask) {
      int wanted = slot(numbers[at], mask);
      if (((at - wanted) & mask) >= ((at - free) & mask)) {
        numbers[free] = numbers[at];
        counts[free] = counts[at];
        free = at;
      }
    }
    numbers[free] = 0;
    counts[free] = 0;
    used--;
  }

  private void resize(int capacity) {
    var oldNumbers = numbers;
    var oldCounts = counts;
    numbers = new long[capacity];
    counts = new long[capacity];
    for (var i = 0; i < oldNumbers.length; i++) {
      if (oldNumbers[i] != 0) {
        int at = find(oldNumbers[i]);
        numbers[at] = oldNumbers[i];
        counts[at] = oldCounts[i];
      }
    }
    Arrays.fill(oldNumbers, 0);
  }
}
