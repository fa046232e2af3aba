package dev.testudo.policy;

import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/// Random test cases with seeds. A failure names its seed; `-Dseed=` repeats that case alone.
public final class Cases {
  private static final int COUNT = 500;

  private final Random random;

  private Cases(long seed) {
    this.random = new Random(seed);
  }

  /// Checks a property for many cases.
  public static void check(Consumer<Cases> property) {
    var only = Long.getLong("seed");
    var first = only == null ? 1 : only;
    var last = only == null ? COUNT : only;
    for (var seed = first; seed <= last; seed++) {
      try {
        property.accept(new Cases(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("fails with -Dseed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }

  /// Returns a number from 0 up to, but not including, `bound`.
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /// Returns one of several values.
  @SafeVarargs
  public final <T> T oneOf(T... choices) {
    return choices[below(choices.length)];
  }

  /// Returns one of several values.
  public <T> T oneOf(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  /// Returns a concatenation of up to `most` pieces.
  public String text(int most, String... pieces) {
    var text = new StringBuilder();
    for (var left = below(most + 1); left > 0; left--) {
      text.append(oneOf(pieces));
    }
    return text.toString();
  }

  /// Returns a name of letters and digits, sometimes with a separator inside.
  public String name() {
    return oneOf("a", "b", "key", "redis") + text(3, "1", "x", "-y", "_z", ".key", ".crt", ".conf");
  }
}
