package dev.testudo.volume.store;

import dev.testudo.volume.VolumeException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The tree of a volume: a B+-tree whose nodes are in slots. Nodes that change are kept in memory
/// until the next checkpoint; of the others, as many as fit into the cache. For one thread at a
/// time.
final class VolumeTree {
  /// The most levels above the leaves.
  static final int HIGHEST = 8;

  private final Nodes nodes;
  private final int chunkSize;
  private final int pointerBytes;
  private final Map<Long, IndexNode> cache;
  private TreeChild root;
  private int height;
  private int changed;

  /// Where nodes come from.
  interface Nodes {
    /// Reads and verifies a node.
    IndexNode load(SlotPointer pointer, int level) throws IOException;

    /// A node has changed, so what is in its slot belongs to the last checkpoint only.
    void replaced(SlotPointer pointer);

    /// Returns the place for messages about a node.
    IOException damaged(SlotPointer pointer, String reason);
  }

  /// Puts a node into a slot.
  interface NodeSink {
    SlotPointer store(IndexNode node) throws IOException;
  }

  /// An empty tree.
  VolumeTree(Nodes nodes, VolumeShape shape, int mostCached) {
    this(nodes, shape, mostCached, new IndexNode(0), 0);
    changed = 1;
  }

  /// The tree of a checkpoint.
  VolumeTree(Nodes nodes, VolumeShape shape, int mostCached, TreeChild root, int height) {
    this.nodes = nodes;
    this.chunkSize = shape.chunkSize();
    this.pointerBytes = shape.suite().pointerBytes();
    this.root = root;
    this.height = height;
    this.cache = new LeastRecent<>(mostCached);
  }

  int height() {
    return height;
  }

  /// Returns how many nodes have changed since the last checkpoint.
  int changed() {
    return changed;
  }

  /// Returns how many nodes are in the cache.
  int cached() {
    return cache.size();
  }

  /// Returns the value of a key, or null.
  byte @Nullable [] get(byte[] key) throws IOException {
    var node = leaf(key);
    int at = node.floor(key);
    return node.isAt(at, key) ? node.value(at) : null;
  }

  private IndexNode leaf(byte[] key) throws IOException {
    byte[] lower = {};
    byte @Nullable [] upper = null;
    var node = node(root, height, lower, null);
    while (node.level() > 0) {
      int at = node.childOf(key);
      lower = at == 0 ? lower : node.key(at);
      upper = at + 1 < node.count() ? node.key(at + 1) : upper;
      node = node(node.child(at), node.level() - 1, lower, upper);
    }
    return node;
  }

  /// Returns the first entry from `from` on.
  Optional<VolumeStore.Entry> ceiling(byte[] from) throws IOException {
    var wanted = from;
    while (true) {
      byte[] lower = {};
      byte @Nullable [] upper = null;
      var node = node(root, height, lower, null);
      while (node.level() > 0) {
        int at = node.childOf(wanted);
        lower = at == 0 ? lower : node.key(at);
        upper = at + 1 < node.count() ? node.key(at + 1) : upper;
        node = node(node.child(at), node.level() - 1, lower, upper);
      }
      int at = node.floor(wanted);
      at = node.isAt(at, wanted) ? at : at + 1;
      if (at < node.count()) {
        return Optional.of(new VolumeStore.Entry(node.key(at), node.value(at)));
      }
      if (upper == null) {
        return Optional.empty();
      }
      wanted = upper;
    }
  }

  /// Reads a node, and checks that its keys are within the bounds of those above it.
  private IndexNode node(TreeChild child, int level, byte[] lower, byte @Nullable [] upper)
      throws IOException {
    return switch (child) {
      case IndexNode node -> node;
      case SlotPointer pointer -> {
        var node = cache.get(pointer.place());
        if (node == null || node.level() != level) {
          node = nodes.load(pointer, level);
          cache.put(pointer.place(), node);
        }
        check(pointer, node, lower, upper);
        yield node;
      }
    };
  }

  private void check(SlotPointer pointer, IndexNode node, byte[] lower, byte @Nullable [] upper)
      throws IOException {
    boolean isRoot = lower.length == 0 && upper == null;
    if (node.count() == 0) {
      if (node.level() > 0 || !isRoot) {
        throw nodes.damaged(pointer, "a node has no entries");
      }
      return;
    }
    boolean within =
        Arrays.compareUnsigned(node.key(0), lower) >= 0
            && (upper == null || Arrays.compareUnsigned(node.key(node.count() - 1), upper) < 0);
    if (!within) {
      throw nodes.damaged(pointer, "a node is at a wrong place in the tree");
    }
  }

  /// Gives a key a value. Returns the value before, or null.
  byte @Nullable [] put(byte[] key, byte[] value) throws IOException {
    var top = changeableRoot();
    var before = put(top, key, value, new byte[0], null);
    if (top.bytes() > IndexNode.capacity(chunkSize)) {
      if (height == HIGHEST) {
        throw new IOException("the volume has more entries than its tree can have");
      }
      var above = new IndexNode(top.level() + 1);
      above.insert(0, new byte[0], top, pointerBytes);
      split(above, 0, key);
      root = above;
      height++;
      changed++;
    }
    return before;
  }

  private byte @Nullable [] put(
      IndexNode node, byte[] key, byte[] value, byte[] lower, byte @Nullable [] upper)
      throws IOException {
    if (node.level() == 0) {
      int at = node.floor(key);
      if (node.isAt(at, key)) {
        var before = node.value(at);
        node.setValue(at, value);
        return before;
      }
      node.insert(at + 1, key, value);
      return null;
    }
    int at = node.childOf(key);
    var low = at == 0 ? lower : node.key(at);
    var high = at + 1 < node.count() ? node.key(at + 1) : upper;
    var child = changeable(node, at, low, high);
    var before = put(child, key, value, low, high);
    if (child.bytes() > IndexNode.capacity(chunkSize)) {
      split(node, at, key);
    }
    return before;
  }

  private void split(IndexNode above, int at, byte[] added) {
    if (!(above.child(at) instanceof IndexNode left)) {
      throw new IllegalStateException("a node changed without being in memory");
    }
    boolean inOrder = left.isAt(left.count() - 1, added);
    var right = left.split(pointerBytes, inOrder);
    above.insert(at + 1, right.key(0), right, pointerBytes);
    changed++;
  }

  /// Removes a key. Returns its value, or null if there was none.
  byte @Nullable [] delete(byte[] key) throws IOException {
    if (get(key) == null) {
      return null;
    }
    var top = changeableRoot();
    var before = delete(top, key, new byte[0], null);
    while (top.level() > 0 && top.count() <= 1) {
      root = top.count() == 0 ? new IndexNode(0) : top.child(0);
      height = top.count() == 0 ? 0 : height - 1;
      changed += top.count() == 0 ? 0 : -1;
      if (!(root instanceof IndexNode next)) {
        break;
      }
      top = next;
    }
    return before;
  }

  private byte @Nullable [] delete(
      IndexNode node, byte[] key, byte[] lower, byte @Nullable [] upper) throws IOException {
    if (node.level() == 0) {
      int at = node.floor(key);
      var before = node.value(at);
      node.remove(at, pointerBytes);
      return before;
    }
    int at = node.childOf(key);
    var low = at == 0 ? lower : node.key(at);
    var high = at + 1 < node.count() ? node.key(at + 1) : upper;
    var child = changeable(node, at, low, high);
    var before = delete(child, key, low, high);
    if (child.count() == 0) {
      node.remove(at, pointerBytes);
      changed--;
    } else if (child.bytes() < IndexNode.capacity(chunkSize) / 4) {
      merge(node, at);
    }
    return before;
  }

  /// Merges a small node with one beside it, if that is in memory and both fit.
  private void merge(IndexNode above, int at) {
    for (int left = at; left >= at - 1; left--) {
      if (left >= 0
          && left + 1 < above.count()
          && above.child(left) instanceof IndexNode first
          && above.child(left + 1) instanceof IndexNode second
          && first.bytes() + second.bytes() + above.key(left + 1).length
              < IndexNode.capacity(chunkSize) / 2) {
        if (second.level() > 0) {
          second.setFirstKey(above.key(left + 1));
        }
        first.append(second, 0, pointerBytes);
        above.remove(left + 1, pointerBytes);
        changed--;
        return;
      }
    }
  }

  /// Takes the nodes on the way to a key into memory, if one of them is in a slot that is wanted
  /// back. The next checkpoint gives them other slots.
  void leave(Predicate<SlotPointer> wanted, byte[] key) throws IOException {
    boolean found = false;
    var child = root;
    byte[] lower = {};
    byte @Nullable [] upper = null;
    for (int level = height; ; level--) {
      found |= child instanceof SlotPointer pointer && wanted.test(pointer);
      var node = node(child, level, lower, upper);
      if (level == 0) {
        break;
      }
      int at = node.childOf(key);
      lower = at == 0 ? lower : node.key(at);
      upper = at + 1 < node.count() ? node.key(at + 1) : upper;
      child = node.child(at);
    }
    if (found) {
      change(key);
    }
  }

  private void change(byte[] key) throws IOException {
    var node = changeableRoot();
    byte[] lower = {};
    byte @Nullable [] upper = null;
    while (node.level() > 0) {
      int at = node.childOf(key);
      lower = at == 0 ? lower : node.key(at);
      upper = at + 1 < node.count() ? node.key(at + 1) : upper;
      node = changeable(node, at, lower, upper);
    }
  }

  private IndexNode changeableRoot() throws IOException {
    if (root instanceof IndexNode node) {
      return node;
    }
    var pointer = (SlotPointer) root;
    var node = taken(pointer, node(pointer, height, new byte[0], null));
    root = node;
    return node;
  }

  private IndexNode changeable(IndexNode above, int at, byte[] lower, byte @Nullable [] upper)
      throws IOException {
    return switch (above.child(at)) {
      case IndexNode node -> node;
      case SlotPointer pointer -> {
        var node = taken(pointer, node(pointer, above.level() - 1, lower, upper));
        above.setChild(at, node);
        yield node;
      }
    };
  }

  /// Takes a node out of the cache, to be changed.
  private IndexNode taken(SlotPointer pointer, IndexNode node) {
    cache.remove(pointer.place());
    nodes.replaced(pointer);
    changed++;
    return node;
  }

  /// Puts all nodes that have changed into slots, and returns the pointer to the root. If this
  /// throws, the tree is lost.
  SlotPointer store(NodeSink sink) throws IOException {
    var pointer = store(root, sink);
    root = pointer;
    changed = 0;
    return pointer;
  }

  private SlotPointer store(TreeChild child, NodeSink sink) throws IOException {
    return switch (child) {
      case SlotPointer pointer -> pointer;
      case IndexNode node -> {
        for (int i = 0; node.level() > 0 && i < node.count(); i++) {
          node.setChild(i, store(node.child(i), sink));
        }
        var pointer = sink.store(node);
        cache.put(pointer.place(), node);
        yield pointer;
      }
    };
  }

  /// Forgets a node that the cache has for a slot that gets another content.
  void forget(long place) {
    cache.remove(place);
  }

  /// Reads all nodes. The visitor gets each node that is in a slot, and each entry, in order.
  void scan(TreeVisitor visitor) throws IOException {
    scan(root, height, new byte[0], null, visitor);
  }

  private void scan(
      TreeChild child, int level, byte[] lower, byte @Nullable [] upper, TreeVisitor visitor)
      throws IOException {
    IndexNode node;
    try {
      node = child instanceof SlotPointer pointer ? nodes.load(pointer, level) : (IndexNode) child;
      if (child instanceof SlotPointer pointer) {
        check(pointer, node, lower, upper);
        visitor.node(pointer);
      }
    } catch (VolumeException e) {
      visitor.damaged(lower, Optional.ofNullable(upper), e);
      return;
    }
    for (int i = 0; i < node.count(); i++) {
      if (level == 0) {
        visitor.entry(node.key(i), node.value(i));
      } else {
        var low = i == 0 ? lower : node.key(i);
        var high = i + 1 < node.count() ? node.key(i + 1) : upper;
        scan(node.child(i), level - 1, low, high, visitor);
      }
    }
  }

  /// Receives what [#scan] finds.
  interface TreeVisitor {
    void node(SlotPointer pointer) throws IOException;

    void entry(byte[] key, byte[] value) throws IOException;

    /// The entries from `from` on, and before `to`, cannot be read.
    void damaged(byte[] from, Optional<byte[]> to, VolumeException why) throws IOException;
  }
}
