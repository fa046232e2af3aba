package dev.testudo.shield;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.linux.sys.UserIds;
import dev.testudo.trust.secret.Secret;
import java.util.List;
import java.util.Optional;

/// A file that the program sees at a path where nothing is mounted. The shield answers the
/// program's file calls about it with a sealed file in memory. See docs/injected-files.md.
///
/// @param path absolute, without `.`, `..` and empty components
/// @param mode permission bits
/// @param owner the owner that the program sees, if it is not this process's user
/// @param content the content; the caller may wipe it once the file is in memory, which is when
///     [Shield#launch] or [Shield#replace] has returned
@SuppressWarnings("exports") // the agent is the only client and also sees linux.sys
public record ShownFile(String path, int mode, Optional<UserIds> owner, Secret content) {
  private static final int LONGEST = 4095;
  private static final int PERMISSIONS = 07777;

  /// Rejects paths that do not name a file, and modes with more than permission bits.
  public ShownFile {
    var names = List.of(path.substring(Math.min(path.length(), 1)).split("/", -1));
    boolean named = names.stream().noneMatch(n -> n.isEmpty() || n.equals(".") || n.equals(".."));
    if (!path.startsWith("/") || !named || path.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("not the absolute path of a file: `" + path + "`");
    }
    if (path.getBytes(UTF_8).length > LONGEST) {
      throw new IllegalArgumentException("a path is longer than " + LONGEST + " bytes");
    }
    if ((mode & ~PERMISSIONS) != 0) {
      throw new IllegalArgumentException("not permission bits: 0" + Integer.toOctalString(mode));
    }
  }
}
