package dev.testudo.volume.sealed;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeLimits;
import dev.testudo.volume.format.TreeKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// All names of a volume, read and checked once. The author of a volume may be malicious, so this
/// finds out whether the inodes form a tree within the limits.
final class VolumeIndex {
  private static final long ROOT = 1;

  private final Map<Long, InodeRecord> inodes = new HashMap<>();
  private final Map<Long, Map<String, Long>> names = new HashMap<>();
  private final Map<Long, String> targets = new HashMap<>();
  private final Set<Long> seen = new HashSet<>();
  private final List<Located> found = new ArrayList<>();
  private long bytes;

  /// An inode with its path.
  ///
  /// @param target what a link names
  record Located(String path, long inode, InodeRecord attributes, Optional<String> target) {}

  private VolumeIndex() {}

  /// Reads the whole tree, and returns what is in it, directories before their content.
  static List<Located> read(TreeReader tree, Checkpoint state) throws IOException {
    var index = new VolumeIndex();
    tree.scan(index::add);
    index.locate("/", ROOT, 0);
    boolean complete =
        index.found.size() == index.inodes.size()
            && index.found.size() == state.inodes()
            && index.bytes == state.content();
    if (!complete) {
      throw damaged("the volume contains something that has no name");
    }
    return index.found;
  }

  private void add(TreeKey key, byte[] value, String place) throws IOException {
    switch (key.kind()) {
      case INODE -> {
        inodes.put(key.inode(), InodeRecord.read(value, place));
        if (inodes.size() > VolumeLimits.MOST_ENTRIES) {
          throw damaged("it has more than %d entries".formatted(VolumeLimits.MOST_ENTRIES));
        }
      }
      case TARGET -> targets.put(key.inode(), text(value, place));
      case NAME -> {
        if (value.length != Long.BYTES) {
          throw VolumeException.damaged(place, "a directory entry has no inode");
        }
        var inode = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        names
            .computeIfAbsent(key.inode(), _ -> new TreeMap<>())
            .put(text(key.rest(), place), inode.getLong());
      }
      case INLINE, RUN -> {
        // They are read with the content.
      }
      case ATTRIBUTE, COOKIE, ORPHAN, PARENT ->
          throw VolumeException.damaged(place, "a read-only volume has no such entry");
    }
  }

  private static String text(byte[] bytes, String place) throws VolumeException {
    try {
      return EntryTree.text(bytes);
    } catch (CharacterCodingException _) {
      throw VolumeException.damaged(place, "a name is not UTF-8");
    }
  }

  private void locate(String path, long inode, int depth) throws VolumeException {
    var attributes = inodes.get(inode);
    if (attributes == null || !seen.add(inode) || depth > VolumeLimits.DEEPEST) {
      throw damaged("its directories form no tree");
    }
    found.add(new Located(path, inode, attributes, target(inode, attributes)));
    bytes += attributes.type() == InodeRecord.Type.FILE ? attributes.size() : 0;
    boolean tooLarge =
        attributes.size() > VolumeLimits.LARGEST_FILE
            || bytes > VolumeLimits.MOST_BYTES
            || path.length() > VolumeLimits.LONGEST_PATH;
    if (tooLarge) {
      throw damaged("an entry exceeds the limits");
    }
    var children = names.getOrDefault(inode, Map.of());
    if (!children.isEmpty() && attributes.type() != InodeRecord.Type.DIRECTORY) {
      throw damaged("something is in a file that is no directory");
    }
    for (var child : children.entrySet()) {
      if (!EntryTree.isName(child.getKey())) {
        throw damaged("a name in a directory is none");
      }
      locate((depth == 0 ? "" : path) + '/' + child.getKey(), child.getValue(), depth + 1);
    }
  }

  private Optional<String> target(long inode, InodeRecord attributes) throws VolumeException {
    var target = Optional.ofNullable(targets.get(inode));
    boolean link = attributes.type() == InodeRecord.Type.LINK;
    if (link != target.isPresent() || target.filter(t -> !EntryTree.isTarget(t)).isPresent()) {
      throw damaged("a symbolic link has no target");
    }
    return target;
  }

  private static VolumeException damaged(String reason) {
    return VolumeException.damaged("its directories", reason);
  }
}
