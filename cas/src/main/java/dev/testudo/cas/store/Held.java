package dev.testudo.cas.store;

/// The storage that some sessions occupy.
///
/// @param sessions the number of sessions
/// @param bytes the bytes of all kept revisions, their secrets and their join
///     tokens, in sealed form
public record Held(long sessions, long bytes) {
  /// The storage of no sessions.
  public static final Held NOTHING = new Held(0, 0);

  Held plus(long moreSessions, long moreBytes) {
    return new Held(sessions + moreSessions, bytes + moreBytes);
  }
}
