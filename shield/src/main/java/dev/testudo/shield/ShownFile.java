package dev.testudo.shield;

import dev.testudo.linux.sys.UserIds;
import dev.testudo.trust.secret.Secret;
import java.util.Optional;

/// A file that the program sees. The shield answers the program's file calls about it with a sealed
/// file in memory.
///
/// @param mode permission bits
/// @param owner the owner that the program sees, if it is not this process's user
@SuppressWarnings("exports") // the agent is the only client and also sees linux.sys
public record ShownFile(String path, int mode, Optional<UserIds> owner, ShownContent content)
    implements Shown {
  /// Rejects paths that do not name a file, and modes with more than permission bits.
  public ShownFile {
    Shown.checkPath(path);
    Shown.checkMode(mode);
  }

  /// A file whose content is in memory from the start.
  ///
  /// @param content the content; the caller may wipe it once the file is in memory, which is when
  ///     [Shield#launch] or [Shield#replace] has returned
  public ShownFile(String path, int mode, Optional<UserIds> owner, Secret content) {
    this(path, mode, owner, new ShownContent.Given(content));
  }
}
