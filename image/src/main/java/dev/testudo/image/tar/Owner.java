package dev.testudo.image.tar;

/// Whom a file belongs to.
///
/// @param uid the user id, 0 to 4,294,967,294
/// @param gid the group id, 0 to 4,294,967,294
/// @param user the user's name; may be empty. Unpackers of layers use only the id
/// @param group the group's name; may be empty
public record Owner(long uid, long gid, String user, String group) {
  /// The highest id; -1 as an unsigned number means "do not change".
  public static final long MAX_ID = 0xFFFF_FFFEL;

  /// Root.
  public static final Owner ROOT = of(0, 0);

  /// Checks the ids.
  public Owner {
    if (uid < 0 || uid > MAX_ID || gid < 0 || gid > MAX_ID) {
      throw new IllegalArgumentException("an id of a user or group is out of range");
    }
  }

  /// Returns an owner without names.
  public static Owner of(long uid, long gid) {
    return new Owner(uid, gid, "", "");
  }
}
