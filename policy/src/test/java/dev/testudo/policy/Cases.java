package dev.testudo.policy;

import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/// Seeded random cases. A failure names its seed; `-Dseed=` repeats that one alone.
public final class Cases {
  private static final int COUNT = 500;

  private final Random random;

  private Cases(long seed) {
    this.random = new Random(seed);
  }

  /// Runs a property for many cases.
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

  /// A number from 0 up to, not including, `bound`.
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /// One of several.
  @SafeVarargs
  public final <T> T oneOf(T... choices) {
    return choices[below(choices.length)];
  }

  /// One of several.
  public <T> T oneOf(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  /// Up to `most` pieces, put together.
  public String text(int most, String... pieces) {
    var text = new StringBuilder();
    for (var left = below(most + 1); left > 0; left--) {
      text.append(oneOf(pieces));
    }
    return text.toString();
  }

  /// A name of letters and digits, with a separator inside now and then.
  public String name() {
    return oneOf("a", "b", "key", "redis") + text(3, "1", "x", "-y", "_z", ".key", ".crt", ".conf");
  }
}
