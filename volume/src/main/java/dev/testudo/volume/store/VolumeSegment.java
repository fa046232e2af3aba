package dev.testudo.volume.store;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.FileHead;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/// A segment of a volume. The counts belong to the lock of the store, the file to any thread.
final class VolumeSegment {
  private final int id;
  private final VolumeMount mount;
  private final int number;
  private final String name;
  private final OpenSegments others;
  private int slots;
  private int live;
  private volatile @Nullable BackingFile file;
  private volatile boolean closed;

  /// @param others limits how many segments have an open file
  VolumeSegment(int id, VolumeMount mount, int number, int slots, OpenSegments others) {
    this.id = id;
    this.mount = mount;
    this.number = number;
    this.slots = slots;
    this.others = others;
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

  /// Gives the segment a file that was just created. It stays open: whoever writes to it learns
  /// only from its own descriptor of every error.
  void created(BackingFile with) {
    file = with;
  }

  /// Returns its file, which is opened when it is needed.
  BackingFile file(Backing backing) throws IOException {
    var open = file;
    return open != null ? open : open(backing);
  }

  private BackingFile open(Backing backing) throws IOException {
    BackingFile opened;
    synchronized (this) {
      var open = file;
      if (open != null) {
        return open;
      }
      if (closed) {
        throw new ClosedChannelException();
      }
      try {
        opened = backing.open(name);
      } catch (NoSuchFileException _) {
        throw VolumeException.damaged(name, "it is missing");
      }
      file = opened;
    }
    others.opened(this);
    return opened;
  }

  /// Reads from the file, as [BackingFile#read].
  @SuppressWarnings("ReferenceEquality") // whether it is the same open file
  int read(Backing backing, long position, byte[] into, int length) throws IOException {
    while (true) {
      var from = file(backing);
      try {
        return from.read(position, into, 0, length);
      } catch (ClosedChannelException e) {
        if (closed || from == file) {
          throw e;
        }
        // It was closed so that another one could be opened.
      }
    }
  }

  /// Closes the file until it is needed again.
  synchronized void rest() throws IOException {
    var open = file;
    if (open != null) {
      file = null;
      open.close();
    }
  }

  /// Makes everything durable that was written before the call.
  void sync() throws IOException {
    var open = file;
    if (open != null) {
      open.sync();
    }
  }

  /// Closes the file for good.
  void close() throws IOException {
    closed = true;
    rest();
  }
}
