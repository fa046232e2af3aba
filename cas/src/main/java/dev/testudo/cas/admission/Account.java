package dev.testudo.cas.admission;

/// The recent cost of one key at one address. Guarded by [Accounts].
final class Account {
  /// After this time half of the cost is forgotten.
  private static final double HALF_LIFE_NANOS = 10e9;

  private static final double BURST = 20;

  /// The account of the address.
  final OriginAccount origin;

  private double used;
  private long usedAt;
  private double tokens = BURST;
  private long tokensAt;
  private long lastSeen;
  int waiting;

  Account(OriginAccount origin, long now) {
    this.origin = origin;
    this.usedAt = now;
    this.tokensAt = now;
    this.lastSeen = now;
  }

  void seen(long now) {
    lastSeen = now;
  }

  boolean isSeenSince(long time) {
    return lastSeen - time >= 0;
  }

  /// Returns the recent cost in nanoseconds of work, with older work counting less.
  double used(long now) {
    used *= Math.pow(0.5, (now - usedAt) / HALF_LIFE_NANOS);
    usedAt = now;
    return used;
  }

  void charge(long nanos, long now) {
    used = used(now) + nanos;
  }

  /// Takes one token from the bucket, which refills at `perSecond`.
  ///
  /// @return the time to wait for the token, in nanoseconds
  long pace(double perSecond, long now) {
    tokens = Math.min(BURST, tokens + (now - tokensAt) * perSecond / 1e9);
    tokensAt = now;
    tokens -= 1;
    return tokens >= 0 ? 0 : (long) (-tokens / perSecond * 1e9);
  }

  /// Returns the token: the request is not made.
  void unpace() {
    tokens += 1;
  }
}
