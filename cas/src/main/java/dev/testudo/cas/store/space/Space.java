package dev.testudo.cas.store.space;

import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.database.DiskFullException;
import java.io.IOException;
import java.nio.file.Path;

/// Watches the free space on the disk. While there is none, nothing new is stored. Stored data is
/// still returned, with its audit event, as long as the reserve lasts.
public final class Space {
  private final Path directory;
  private final Reserve reserve;
  private final Health health;
  private final boolean hadReserve;
  private volatile boolean full;

  /// Creates a watch on the space in `directory` and fills the reserve.
  public Space(Path directory, Reserve reserve, Health health) {
    this.directory = directory;
    this.reserve = reserve;
    this.health = health;
    this.hadReserve = reserve.fill();
  }

  /// Writes a small value to the disk.
  @FunctionalInterface
  public interface Probe {
    void write() throws IOException;
  }

  /// Returns true if the disk was full and has not recovered yet.
  public boolean isFull() {
    return full;
  }

  /// Throws an exception while the disk is full.
  public void demand() throws DiskFullException {
    if (full) {
      throw new DiskFullException("there is no space left in " + directory);
    }
  }

  /// Records that a write failed for lack of space.
  public void ranOut() {
    full = true;
    health.failing(
        Health.Cause.DISK_FULL,
        "there is no space left in %s; nothing new is stored until there is".formatted(directory));
  }

  /// Releases the reserve, if there still is one.
  public void useReserve() {
    reserve.free();
  }

  /// Checks whether there is space again.
  public void recover(Probe probe) {
    if (!full || !reserve.isEnough() || (hadReserve && !reserve.fill())) {
      return;
    }
    try {
      probe.write();
      full = false;
      health.works(Health.Cause.DISK_FULL);
    } catch (IOException e) {
      // The disk is still full.
    }
  }
}
