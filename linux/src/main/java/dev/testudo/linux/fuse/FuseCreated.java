package dev.testudo.linux.fuse;

/// A new file that is open.
public record FuseCreated(FuseEntry entry, FuseOpened opened) {
  /// Rejects an entry that leads nowhere.
  public FuseCreated {
    if (entry.node() == 0) {
      throw new IllegalArgumentException("a new file has a node");
    }
  }
}
