package dev.testudo.volume.file;

import java.util.OptionalInt;
import java.util.OptionalLong;

/// What one call of chmod(2), chown(2), truncate(2) or utimensat(2) changes.
public final class AttributeChange {
  private OptionalInt mode = OptionalInt.empty();
  private OptionalInt user = OptionalInt.empty();
  private OptionalInt group = OptionalInt.empty();
  private OptionalLong size = OptionalLong.empty();
  private OptionalLong accessed = OptionalLong.empty();
  private OptionalLong modified = OptionalLong.empty();
  private OptionalLong changed = OptionalLong.empty();
  private boolean dropsPrivileges;

  /// Changes the permission bits, with set-id and sticky bits.
  public AttributeChange mode(int permissions) {
    mode = OptionalInt.of(permissions);
    return this;
  }

  public AttributeChange user(int id) {
    user = OptionalInt.of(id);
    return this;
  }

  public AttributeChange group(int id) {
    group = OptionalInt.of(id);
    return this;
  }

  /// Cuts a file, or extends it with zeros.
  public AttributeChange size(long bytes) {
    size = OptionalLong.of(bytes);
    return this;
  }

  /// Sets `st_atime`.
  ///
  /// @param time as [Times#of]
  public AttributeChange accessed(long time) {
    accessed = OptionalLong.of(time);
    return this;
  }

  public AttributeChange modified(long time) {
    modified = OptionalLong.of(time);
    return this;
  }

  /// Sets `st_ctime`, which only a kernel that caches writes may do.
  public AttributeChange changed(long time) {
    changed = OptionalLong.of(time);
    return this;
  }

  /// Clears the set-id bits and the capabilities of the file.
  public AttributeChange withoutPrivileges() {
    dropsPrivileges = true;
    return this;
  }

  OptionalLong size() {
    return size;
  }

  boolean dropsPrivileges() {
    return dropsPrivileges;
  }

  /// Returns an inode with everything changed but its size.
  Inode applyTo(Inode inode, long now) {
    var owner =
        new FileOwner(user.orElse(inode.owner().user()), group.orElse(inode.owner().group()));
    var result = inode.withOwner(owner);
    boolean chown = user.isPresent() || group.isPresent();
    if (dropsPrivileges || (chown && inode.isFile())) {
      result = result.withoutPrivileges();
    }
    if (mode.isPresent()) {
      result = result.withMode(mode.getAsInt());
    }
    var times = result.times();
    return result.withTimes(
        new Times(
            accessed.orElse(times.accessed()),
            modified.orElse(times.modified()),
            changed.orElse(now)));
  }
}
