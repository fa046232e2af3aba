package dev.testudo.linux.sys;

import java.util.Optional;

/// A user and a group by number, as the present user namespace has them.
///
/// @param uid the user's, from 0 on
/// @param gid the group's, from 0 on
public record UserIds(int uid, int gid) {
  /// Rejects negative numbers: for the kernel -1 means "leave it as it is".
  public UserIds {
    if (uid < 0 || gid < 0) {
      throw new IllegalArgumentException("a user id or group id is negative");
    }
  }

  /// Reads `UID:GID`, two decimal numbers below 2^31; empty for anything else.
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

  /// The effective ones of the calling thread.
  public static UserIds own() throws ErrnoException {
    var own = Credentials.own();
    return new UserIds(own.uid(), own.gid());
  }

  /// As `UID:GID`.
  public String text() {
    return uid + ":" + gid;
  }
}
