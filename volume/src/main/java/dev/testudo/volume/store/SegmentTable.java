package dev.testudo.volume.store;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// All segments and mounts of a volume. [#find] serves any thread; everything else belongs to the
/// lock of the store.
final class SegmentTable {
  private final Map<Integer, VolumeSegment> segments = new ConcurrentHashMap<>();
  private final Map<String, VolumeMount> mounts = new ConcurrentHashMap<>();
  private final Function<CheckpointBody.Mount, VolumeMount> keys;
  private final Secret key;
  private final int mostSlots;
  private final OpenSegments open = new OpenSegments();
  private int nextId;

  /// @param keys derives the keys of a mount
  /// @param key what they are derived from; the table wipes it
  /// @param mostSlots how many slots any segment may have
  SegmentTable(Function<CheckpointBody.Mount, VolumeMount> keys, Secret key, int mostSlots) {
    this.keys = keys;
    this.key = key;
    this.mostSlots = mostSlots;
  }

  /// Returns a segment, or null.
  @Nullable VolumeSegment find(int id) {
    return segments.get(id);
  }

  /// Returns where messages say that a chunk is.
  String place(SlotPointer pointer) {
    var segment = segments.get(pointer.segment());
    var file = segment == null ? "no segment" : segment.name();
    return "%s, slot %d".formatted(file, pointer.slot());
  }

  /// Returns the mount with these fields, with its keys.
  VolumeMount mount(CheckpointBody.Mount entry) {
    var name = java.util.HexFormat.of().formatHex(entry.id());
    return mounts.computeIfAbsent(name, _ -> keys.apply(entry));
  }

  /// Adds what a checkpoint lists and is not known yet.
  ///
  /// @param counts whether the checkpoint is the state to begin with, so that its counts are right;
  ///     otherwise only commits after it count
  void learn(CheckpointBody checkpoint, boolean counts) throws MalformedException {
    var known = checkpoint.mounts().stream().map(this::mount).toList();
    for (var entry : checkpoint.segments()) {
      if (entry.slots() > mostSlots) {
        throw new MalformedException("a checkpoint has a segment that is too large");
      }
      if (!segments.containsKey(entry.id())) {
        var segment =
            new VolumeSegment(
                entry.id(), known.get(entry.mount()), entry.number(), entry.slots(), open);
        segment.add(counts ? entry.live() : 0);
        segments.put(entry.id(), segment);
      }
    }
    nextId = Math.max(nextId, checkpoint.nextSegment());
  }

  /// Adds a segment that a commit of a mount speaks of.
  void declare(VolumeMount mount, int id, int number) throws MalformedException {
    if (id < 0 || number < 0 || segments.containsKey(id)) {
      throw new MalformedException("a commit has an impossible segment");
    }
    segments.put(id, new VolumeSegment(id, mount, number, 1, open));
    nextId = Math.max(nextId, id + 1);
  }

  /// Adds a segment of this mount.
  synchronized VolumeSegment create(VolumeMount mount, int number) {
    int id = nextId++;
    var segment = new VolumeSegment(id, mount, number, 1, open);
    segments.put(id, segment);
    return segment;
  }

  /// Returns whether a pointer names a slot.
  boolean isSlot(SlotPointer pointer) {
    var segment = segments.get(pointer.segment());
    return segment != null && pointer.slot() > 0 && pointer.slot() < mostSlots;
  }

  /// A chunk is in a slot from now on, or not any more.
  void count(SlotPointer pointer, int change) {
    var segment = segments.get(pointer.segment());
    if (segment != null) {
      segment.add(change);
      if (change > 0) {
        segment.use(pointer.slot());
      }
    }
  }

  /// Returns how many slots have content.
  long live() {
    return segments.values().stream().mapToLong(VolumeSegment::live).sum();
  }

  /// Returns how many segments there are.
  int size() {
    return segments.size();
  }

  /// Returns all segments, in the order of their ids.
  List<VolumeSegment> all() {
    return List.copyOf(new TreeMap<>(segments).values());
  }

  /// Removes segments without content. Their files are to be removed when no state names them.
  void remove(List<VolumeSegment> empty) throws IOException {
    for (var segment : empty) {
      segments.remove(segment.id());
      segment.close();
    }
  }

  /// Returns a checkpoint of the table.
  ///
  /// @param own the mount that makes it
  synchronized CheckpointBody checkpoint(int height, SlotPointer root, VolumeMount own) {
    var index = new LinkedHashMap<String, Integer>();
    var listed = new ArrayList<CheckpointBody.Mount>();
    index.put(own.name(), 0);
    listed.add(own.entry());
    var entries = new ArrayList<CheckpointBody.Segment>();
    for (var segment : all()) {
      var mount = segment.mount();
      int at = index.computeIfAbsent(mount.name(), _ -> listed.size());
      if (at == listed.size()) {
        listed.add(mount.entry());
      }
      entries.add(
          new CheckpointBody.Segment(
              segment.id(), at, segment.number(), segment.slots(), segment.live()));
    }
    forgetMounts(index);
    return new CheckpointBody(height, root, nextId, listed, entries);
  }

  private void forgetMounts(Map<String, Integer> used) {
    var unused = new HashMap<>(mounts);
    unused.keySet().removeAll(used.keySet());
    unused.values().forEach(mount -> mount.keys().close());
    mounts.keySet().removeAll(unused.keySet());
  }

  /// Closes all files, and wipes all keys.
  void close() throws IOException {
    for (var segment : segments.values()) {
      segment.close();
    }
    mounts.values().forEach(mount -> mount.keys().close());
    key.close();
  }

  /// Returns the exception that says that a pointer does not name what is in its slot.
  VolumeException damaged(SlotPointer pointer, String reason) {
    return VolumeException.damaged(place(pointer), reason);
  }
}
