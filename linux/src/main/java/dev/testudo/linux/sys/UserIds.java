package dev.testudo.linux.sys;

import java.util.Optional;

/// A user id and a group id in the present user namespace.
///
/// @param uid the user id, not negative
/// @param gid the group id, not negative
public record UserIds(int uid, int gid) {
  /// Rejects negative numbers, because -1 means "unchanged" to the kernel.
  public UserIds {
    if (uid < 0 || gid < 0) {
      throw new IllegalArgumentException("a user id or group id is negative");
    }
  }

  /// Parses `UID:GID`, two decimal numbers below 2^31. Returns empty for anything else.
  public static Optional<UserIds> parse(String text) {
    if (!text.matches("[0-9]{1,10}:[0-9]{1,10}")) {
      return Optional.empty();
    }
    var uid = Long.parseLong(text.substring(0, text.indexOf(':')));
    var gid = Long.parseLong(text.substring(text.indexOf(':') + 1));
    return uid > Integer.MAX_VALUE || gid > Integer.MAX_VALUE
        ? Optional.empty()
        : Optional.of(new UserIds((int) uid, (int) gid));
  }

  /// Returns the effective ids of the calling thread.
  public static UserIds own() throws ErrnoException {
    var own = Credentials.own();
    return new UserIds(own.uid(), own.gid());
  }

  /// Returns `UID:GID`.
  public String text() {
    return uid + ":" + gid;
  }
}
