package dev.testudo.cas.admission;

/// What one key at one address has cost lately. Guarded by [Accounts].
final class Account {
  /// After this time half of what was used is forgotten.
  private static final double HALF_LIFE_NANOS = 10e9;

  private static final double BURST = 20;

  /// The sum over all keys of the address, or nothing for that sum itself.
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

  /// Nanoseconds of work done for it lately.
  double used(long now) {
    used *= Math.pow(0.5, (now - usedAt) / HALF_LIFE_NANOS);
    usedAt = now;
    return used;
  }

  void charge(long nanos, long now) {
    used = used(now) + nanos;
  }

  /// Takes one token, of which there are `perSecond` more each second.
  ///
  /// @return how long to wait for it, in nanoseconds
  long pace(double perSecond, long now) {
    tokens = Math.min(BURST, tokens + (now - tokensAt) * perSecond / 1e9);
    tokensAt = now;
    tokens -= 1;
    return tokens >= 0 ? 0 : (long) (-tokens / perSecond * 1e9);
  }

  /// Gives the token back: the request is not made.
  void unpace() {
    tokens += 1;
  }
}
