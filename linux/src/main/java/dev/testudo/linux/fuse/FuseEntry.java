package dev.testudo.linux.fuse;

import java.util.Optional;

/// Where a name leads (`struct fuse_entry_out`). With each entry that has a file, the kernel counts
/// one lookup of its node, until it sends [FuseOperations#forget].
///
/// @param node the number under which later requests name the file, not 0
/// @param generation together with `node` unique for the life of the file system
/// @param attributes of the file, or empty if there is none; the kernel then remembers that
public record FuseEntry(
    long node, long generation, Optional<FuseAttributes> attributes, FuseLifetimes lifetimes) {
  /// Rejects an entry that is neither.
  public FuseEntry {
    if ((node == 0) != attributes.isEmpty()) {
      throw new IllegalArgumentException("an entry has a node and attributes, or neither");
    }
  }

  /// An entry that leads to a file.
  public static FuseEntry of(
      long node, long generation, FuseAttributes attributes, FuseLifetimes lifetimes) {
    return new FuseEntry(node, generation, Optional.of(attributes), lifetimes);
  }

  /// An entry that leads nowhere.
  public static FuseEntry absent(FuseLifetimes lifetimes) {
    return new FuseEntry(0, 0, Optional.empty(), lifetimes);
  }
}
