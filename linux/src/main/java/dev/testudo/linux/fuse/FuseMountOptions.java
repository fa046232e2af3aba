package dev.testudo.linux.fuse;

import dev.testudo.linux.sys.UserIds;
import java.util.regex.Pattern;

/// How a file system is mounted. It is always `nosuid` and `nodev`.
///
/// @param source what `/proc/mounts` shows as the source
/// @param subtype what it shows as the type, after `fuse.`
/// @param owner the user of whom FUSE speaks as the one who mounted. Without `allowOther`, only
///     processes with exactly these ids can reach the mount
/// @param allowOther other users can reach the mount, too. In a user namespace of its own, those
///     of this namespace
/// @param defaultPermissions the kernel checks permissions by owner and mode. Otherwise the server
///     must
/// @param transfer the most bytes of a read, as in [FuseSettings]
public record FuseMountOptions(
    String source,
    String subtype,
    UserIds owner,
    boolean allowOther,
    boolean defaultPermissions,
    int transfer) {
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._-]{1,100}");

  /// Rejects names that would be read as further options.
  public FuseMountOptions {
    if (!WORD.matcher(source).matches() || !WORD.matcher(subtype).matches()) {
      throw new IllegalArgumentException("not a plain word: " + source + ", " + subtype);
    }
  }

  /// The text for mount(2).
  String text(int descriptor) {
    var text =
        "fd=%d,rootmode=40000,user_id=%d,group_id=%d,max_read=%d"
            .formatted(descriptor, owner.uid(), owner.gid(), transfer);
    if (defaultPermissions) {
      text += ",default_permissions";
    }
    return allowOther ? text + ",allow_other" : text;
  }
}
