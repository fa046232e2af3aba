package dev.testudo.volume.file;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.volume.VolumeLimits;
import dev.testudo.volume.file.FileError.Reason;
import dev.testudo.volume.format.TreeKey.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The extended attributes of inodes (xattr(7)), in the namespaces `user`, `trusted` and
/// `security`.
final class ExtendedAttributes {
  /// The most bytes of a value.
  static final int LONGEST_VALUE = 1024;

  /// The most attributes of an inode.
  static final int MOST = 128;

  private static final List<String> NAMESPACES = List.of("user.", "trusted.", "security.");
  private static final byte[] CAPABILITY = "security.capability".getBytes(US_ASCII);

  private final Metadata metadata;

  ExtendedAttributes(Metadata metadata) {
    this.metadata = metadata;
  }

  byte[] value(long number, byte[] name) throws IOException {
    requireName(name);
    return metadata
        .store()
        .get(FileKeys.attribute(number, name))
        .orElseThrow(() -> new FileError(Reason.NO_ATTRIBUTE));
  }

  List<byte[]> names(long number) throws IOException {
    var names = new ArrayList<byte[]>();
    var end = FileKeys.after(number, Kind.ATTRIBUTE);
    var from = FileKeys.first(number, Kind.ATTRIBUTE);
    int head = from.length;
    while (names.size() < MOST) {
      var next = metadata.store().next(from, end);
      if (next.isEmpty()) {
        break;
      }
      var key = next.get().key();
      names.add(Arrays.copyOfRange(key, head, key.length));
      from = Arrays.copyOf(key, key.length + 1); // the next possible key
    }
    return names;
  }

  void set(long number, byte[] name, byte[] value, Existence existence) throws IOException {
    requireName(name);
    if (value.length > LONGEST_VALUE) {
      throw new FileError(Reason.NO_SPACE);
    }
    metadata.requireSpace();
    metadata.edit(
        edit -> {
          var inode = edit.inode(number);
          boolean exists = edit.value(FileKeys.attribute(number, name)).isPresent();
          if (exists && existence == Existence.NEW) {
            throw new FileError(Reason.EXISTS);
          }
          if (!exists && existence == Existence.PRESENT) {
            throw new FileError(Reason.NO_ATTRIBUTE);
          }
          if (!exists && names(number).size() >= MOST) {
            throw new FileError(Reason.NO_SPACE);
          }
          edit.put(FileKeys.attribute(number, name), value);
          edit.set(number, inode.changedAt(edit.now()));
          return inode;
        });
  }

  void remove(long number, byte[] name) throws IOException {
    requireName(name);
    metadata.edit(
        edit -> {
          var inode = edit.inode(number);
          if (edit.value(FileKeys.attribute(number, name)).isEmpty()) {
            throw new FileError(Reason.NO_ATTRIBUTE);
          }
          edit.delete(FileKeys.attribute(number, name));
          edit.set(number, inode.changedAt(edit.now()));
          return inode;
        });
  }

  /// Deletes all attributes of an inode that is deleted.
  void removeAll(Edit edit, long number) throws IOException {
    for (var name : names(number)) {
      edit.delete(FileKeys.attribute(number, name));
    }
  }

  /// Clears what gives whoever runs a file more rights than the caller has.
  static Inode dropPrivileges(Edit edit, long number, Inode inode) throws IOException {
    var capability = FileKeys.attribute(number, CAPABILITY);
    if (edit.value(capability).isPresent()) {
      edit.delete(capability);
    }
    return inode.withoutPrivileges();
  }

  private static void requireName(byte[] name) throws FileError {
    if (name.length == 0 || name.length > VolumeLimits.LONGEST_NAME) {
      throw new FileError(Reason.OUT_OF_RANGE);
    }
    var text = new String(name, UTF_8);
    if (NAMESPACES.stream().noneMatch(text::startsWith)) {
      throw new FileError(Reason.NOT_SUPPORTED);
    }
  }
}
