package dev.testudo.volume.fuse;

import dev.testudo.linux.fuse.FuseError;
import dev.testudo.linux.sys.Errno;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Which extended attributes a volume keeps: those of programs, of the superuser, and of security
/// modules (xattr(7)). Access control lists (`system.posix_acl_*`) are not kept, because the kernel
/// would not obey them.
final class AttributeNames {
  private static final List<byte[]> KEPT = List.of(b("user."), b("trusted."), b("security."));

  private AttributeNames() {}

  private static byte[] b(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// @throws FuseError EOPNOTSUPP for another namespace
  static void requireKept(byte[] name) throws FuseError {
    for (byte[] kept : KEPT) {
      if (name.length > kept.length && Arrays.equals(name, 0, kept.length, kept, 0, kept.length)) {
        return;
      }
    }
    throw new FuseError(Errno.EOPNOTSUPP);
  }
}
