package dev.testudo.cas.store.space;

import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.database.DiskFullException;
import java.io.IOException;
import java.nio.file.Path;

/// Whether there is space on the disk, and what happens while there is none: nothing new is taken;
/// what is stored is given out, with its line in the log, as long as the reserve lasts.
public final class Space {
  private final Path directory;
  private final Reserve reserve;
  private final Health health;
  private final boolean hadReserve;
  private volatile boolean full;

  /// The space in `directory`. Fills the reserve.
  public Space(Path directory, Reserve reserve, Health health) {
    this.directory = directory;
    this.reserve = reserve;
    this.health = health;
    this.hadReserve = reserve.fill();
  }

  /// Writes something small.
  @FunctionalInterface
  public interface Probe {
    void write() throws IOException;
  }

  /// Returns whether space was lacking and has not come back yet.
  public boolean isFull() {
    return full;
  }

  /// Refuses what needs space while there is none.
  public void demand() throws DiskFullException {
    if (full) {
      throw new DiskFullException("there is no space left in " + directory);
    }
  }

  /// Something could not be written.
  public void ranOut() {
    full = true;
    health.failing(
        Health.Cause.DISK_FULL,
        "there is no space left in %s; nothing new is stored until there is".formatted(directory));
  }

  /// Gives up the reserve.
  ///
  /// @return whether there is more space than before
  public boolean useReserve() {
    return reserve.free();
  }

  /// Looks whether there is space again.
  public void recover(Probe probe) {
    if (!full || !reserve.isEnough() || (hadReserve && !reserve.fill())) {
      return;
    }
    try {
      probe.write();
      full = false;
      health.works(Health.Cause.DISK_FULL);
    } catch (IOException e) {
      // Still full.
    }
  }
}
