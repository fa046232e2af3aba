package dev.testudo.volume.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/// What a crash may leave of a directory: of the writes that were not synced, each may be lost,
/// done, or torn at 512 bytes, whatever became of the others; the same for names.
final class CrashDisk {
  private static final int SECTOR = 512;

  private final Map<String, byte[]> durable = new TreeMap<>();
  private final Map<String, List<MemoryBacking.Call>> unsynced = new LinkedHashMap<>();
  private final Set<String> names = new HashSet<>();
  private final List<MemoryBacking.Call> unsyncedNames = new ArrayList<>();

  CrashDisk() {}

  /// A disk with these files, all durable.
  CrashDisk(Map<String, byte[]> files) {
    files.forEach((name, bytes) -> durable.put(name, bytes.clone()));
    names.addAll(files.keySet());
  }

  /// Does a call.
  void apply(MemoryBacking.Call call) {
    switch (call) {
      case MemoryBacking.Call.Create create -> {
        durable.put(create.name(), new byte[0]);
        unsynced.remove(create.name());
        unsyncedNames.add(create);
      }
      case MemoryBacking.Call.Delete delete -> unsyncedNames.add(delete);
      case MemoryBacking.Call.Rename rename -> unsyncedNames.add(rename);
      case MemoryBacking.Call.Names _ -> {
        for (var change : unsyncedNames) {
          change(names, durable, change);
          if (change instanceof MemoryBacking.Call.Delete) {
            durable.remove(change.name());
          }
        }
        unsyncedNames.clear();
      }
      case MemoryBacking.Call.Sync(var name) -> {
        for (var write : unsynced.getOrDefault(name, List.of())) {
          durable.computeIfPresent(name, (_, bytes) -> done(bytes, write));
        }
        unsynced.remove(name);
      }
      case MemoryBacking.Call.Size _, MemoryBacking.Call.Write _, MemoryBacking.Call.Punch _ ->
          unsynced.computeIfAbsent(call.name(), _ -> new ArrayList<>()).add(call);
    }
  }

  /// Does what changes names. Only files that are synced are renamed.
  private static void change(
      Set<String> names, Map<String, byte[]> contents, MemoryBacking.Call change) {
    switch (change) {
      case MemoryBacking.Call.Create(var name) -> names.add(name);
      case MemoryBacking.Call.Rename(var name, var to) -> {
        if (names.remove(name)) {
          names.add(to);
          contents.put(to, Objects.requireNonNull(contents.remove(name)));
        }
      }
      default -> names.remove(change.name());
    }
  }

  /// Does a call, in place if the file stays as long.
  private static byte[] done(byte[] bytes, MemoryBacking.Call call) {
    return switch (call) {
      case MemoryBacking.Call.Size(_, var size) -> grown(bytes, size);
      case MemoryBacking.Call.Punch(_, var position, var length) -> {
        int to = (int) Math.min(bytes.length, position + length);
        Arrays.fill(bytes, (int) Math.min(position, to), to, (byte) 0);
        yield bytes;
      }
      case MemoryBacking.Call.Write(_, var position, var written) ->
          put(bytes, position, written, 0, written.length);
      default -> throw new IllegalArgumentException(call.name());
    };
  }

  private static byte[] grown(byte[] bytes, long size) {
    return size > bytes.length ? Arrays.copyOf(bytes, (int) size) : bytes;
  }

  private static byte[] put(byte[] bytes, long position, byte[] from, int offset, int length) {
    var result = grown(bytes, position + offset + length);
    System.arraycopy(from, offset, result, (int) position + offset, length);
    return result;
  }

  private static byte[] torn(byte[] bytes, MemoryBacking.Call call, Random random) {
    if (!(call instanceof MemoryBacking.Call.Write(_, var position, var written))) {
      return done(bytes, call);
    }
    var result = bytes;
    for (int at = 0; at < written.length; at += SECTOR) {
      if (random.nextBoolean()) {
        result = put(result, position, written, at, Math.min(SECTOR, written.length - at));
      }
    }
    return result;
  }

  /// Returns the files after a crash now.
  Map<String, byte[]> crash(Random random) {
    int mode = random.nextInt(4); // all lost, all done, any
    var left = new HashSet<>(names);
    var contents = new TreeMap<>(durable);
    for (var change : unsyncedNames) {
      if (mode == 1 || (mode > 1 && random.nextBoolean())) {
        change(left, contents, change);
      }
    }
    var files = new TreeMap<String, byte[]>();
    for (var name : left) {
      var bytes = contents.getOrDefault(name, new byte[0]).clone();
      for (var write : unsynced.getOrDefault(name, List.of())) {
        int fate = mode < 2 ? mode : random.nextInt(3);
        bytes =
            switch (fate) {
              case 0 -> bytes;
              case 1 -> done(bytes, write);
              default -> torn(bytes, write, random);
            };
      }
      files.put(name, bytes);
    }
    return files;
  }
}
