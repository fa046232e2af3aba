package dev.testudo.shield;

/// A symbolic link that the program sees.
///
/// @param target what it names, as written
public record ShownLink(String path, String target) implements Shown {
  /// Rejects paths that do not name a link, and targets that name nothing.
  public ShownLink {
    Shown.checkPath(path);
    if (target.isEmpty() || target.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("not the target of a link: `" + target + "`");
    }
  }
}
