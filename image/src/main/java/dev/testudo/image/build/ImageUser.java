package dev.testudo.image.build;

/// The user of a container in numbers, which mean the same to every container runtime.
///
/// @param uid the user id, 0 to [#MAX_ID]
/// @param gid the id of the only group of the container's processes, 0 to [#MAX_ID]
public record ImageUser(long uid, long gid) {
  /// The highest id that container runtimes accept.
  public static final long MAX_ID = Integer.MAX_VALUE;

  /// Checks the ids.
  public ImageUser {
    if (uid < 0 || uid > MAX_ID || gid < 0 || gid > MAX_ID) {
      throw new IllegalArgumentException("an id of a user or group is out of range");
    }
  }

  /// Returns whether a container starts as root.
  ///
  /// @param user `User` of an image's configuration (OCI image-spec, config.md)
  static boolean isRoot(String user) {
    var name = user.split(":", 2)[0];
    return name.equals("root") || name.chars().allMatch(digit -> digit == '0');
  }

  /// Returns `UID:GID`, as the configuration of an image spells it.
  @Override
  public String toString() {
    return uid + ":" + gid;
  }
}
