package dev.testudo.cas.store;

/// What some sessions take up in the store.
///
/// @param sessions how many they are
/// @param bytes of all kept revisions, their secrets and their join tokens, as they are sealed
public record Held(long sessions, long bytes) {
  /// Of no session.
  public static final Held NOTHING = new Held(0, 0);

  Held plus(long moreSessions, long moreBytes) {
    return new Held(sessions + moreSessions, bytes + moreBytes);
  }
}
