package dev.testudo.cas.http;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/// Counts durations in buckets, as Prometheus' histograms do. Thread-safe.
final class Histogram {
  /// The upper bounds of the buckets in microseconds.
  private static final long[] BOUNDS = {
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000
  };

  private static final double MICROS_PER_SECOND = 1e6;
  private static final long NANOS_PER_MICRO = 1000;

  /// One counter for each bucket, and one for what is beyond the last bound.
  private final LongAdder[] counts = new LongAdder[BOUNDS.length + 1];

  private final LongAdder micros = new LongAdder();

  Histogram() {
    for (var i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  void add(long nanos) {
    var value = nanos / NANOS_PER_MICRO;
    var bucket = 0;
    while (bucket < BOUNDS.length && value > BOUNDS[bucket]) {
      bucket++;
    }
    counts[bucket].increment();
    micros.add(value);
  }

  /// Writes the buckets, the sum and the count of one route.
  void write(StringBuilder out, String name, String route) {
    var total = 0L;
    for (var i = 0; i < BOUNDS.length; i++) {
      total += counts[i].sum();
      bucket(out, name, route, seconds(BOUNDS[i]), total);
    }
    total += counts[BOUNDS.length].sum();
    bucket(out, name, route, "+Inf", total);
    out.append("%s_sum{route=\"%s\"} %s\n".formatted(name, route, seconds(micros.sum())));
    out.append("%s_count{route=\"%s\"} %d\n".formatted(name, route, total));
  }

  private static void bucket(
      StringBuilder out, String name, String route, String bound, long count) {
    out.append("%s_bucket{route=\"%s\",le=\"%s\"} %d\n".formatted(name, route, bound, count));
  }

  private static String seconds(long micros) {
    return String.format(Locale.ROOT, "%s", micros / MICROS_PER_SECOND);
  }
}
