package dev.testudo.cas.http;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Limits how many requests the console answers in a second. Thread-safe.
final class RequestRate {
  private static final int MOST_PER_SECOND = 30;

  private final LongSupplier nanoTime;
  private long second;
  private int requests;

  RequestRate(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.second = nanoTime.getAsLong();
  }

  synchronized boolean admits() {
    var now = nanoTime.getAsLong();
    if (now - second >= TimeUnit.SECONDS.toNanos(1)) {
      second = now;
      requests = 0;
    }
    requests++;
    return requests <= MOST_PER_SECOND;
  }
}
