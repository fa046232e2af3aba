package dev.testudo.volume.store;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.FileHead;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/// A segment of a volume. The counts belong to the lock of the store, the file to any thread.
final class VolumeSegment {
  private final int id;
  private final VolumeMount mount;
  private final int number;
  private final String name;
  private int slots;
  private int live;
  private volatile @Nullable BackingFile file;

  VolumeSegment(int id, VolumeMount mount, int number, int slots) {
    this.id = id;
    this.mount = mount;
    this.number = number;
    this.slots = slots;
    this.name = FileHead.Type.SEGMENT.name(mount.id(), number);
  }

  int id() {
    return id;
  }

  VolumeMount mount() {
    return mount;
  }

  int number() {
    return number;
  }

  String name() {
    return name;
  }

  /// Returns how many slots have been used, with the head.
  int slots() {
    return slots;
  }

  /// A slot is in use.
  void use(int slot) {
    slots = Math.max(slots, slot + 1);
  }

  /// Returns how many slots have content that the newest state names.
  int live() {
    return live;
  }

  void add(int count) {
    live = Math.max(0, live + count); // a malicious author's counts may be too low
  }

  /// Gives the segment a file that was just created.
  void created(BackingFile with) {
    file = with;
  }

  /// Returns its file, which is opened when it is needed.
  BackingFile file(Backing backing) throws IOException {
    var open = file;
    return open != null ? open : open(backing);
  }

  private synchronized BackingFile open(Backing backing) throws IOException {
    var open = file;
    if (open == null) {
      try {
        open = backing.open(name);
      } catch (NoSuchFileException _) {
        throw VolumeException.damaged(name, "it is missing");
      }
      file = open;
    }
    return open;
  }

  /// Makes everything durable that was written before the call.
  void sync() throws IOException {
    var open = file;
    if (open != null) {
      open.sync();
    }
  }

  synchronized void close() throws IOException {
    var open = file;
    if (open != null) {
      open.close();
      file = null;
    }
  }
}
