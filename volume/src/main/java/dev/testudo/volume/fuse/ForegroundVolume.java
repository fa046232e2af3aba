package dev.testudo.volume.fuse;

import dev.testudo.linux.fuse.FuseEnd;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.volume.file.FileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/// A volume that a command of a person serves, for every process that the modes of its files
/// permit. The caller closes the file system after [#finish].
public final class ForegroundVolume {
  private static final int THREADS = 2;

  private final ServedVolume served;
  private final Path target;

  private ForegroundVolume(ServedVolume served, Path target) {
    this.served = served;
    this.target = target;
  }

  /// Mounts a volume and serves it.
  ///
  /// @param name what `/proc/mounts` shows: letters, digits, `.`, `_` and `-`
  /// @param report gets one line about each failure of which programs see only EIO
  /// @throws IOException if it cannot be mounted. Nothing is mounted then
  public static ForegroundVolume mount(
      FileSystem files, Path target, String name, Consumer<String> report) throws IOException {
    var options =
        new VolumeMountOptions(
            name,
            THREADS,
            VolumeMountOptions.LARGEST_TRANSFER,
            new Visibility.Private(),
            InstantSource.system());
    try {
      return new ForegroundVolume(
          ServedVolume.mount(files, target, options, new Told(report)), target);
    } catch (ErrnoException e) {
      throw new IOException(
          "cannot mount at %s: %s; it takes /dev/fuse and the capability SYS_ADMIN, so run it as root"
              .formatted(target, e.getMessage()),
          e);
    }
  }

  /// Waits for somebody to unmount the volume. Returns whether serving has ended.
  public boolean awaitEnd(Duration timeout) throws InterruptedException {
    return served.awaitEnd(timeout).isPresent();
  }

  /// Unmounts the volume, if that has not happened. Processes that still use it after `timeout`
  /// get errors.
  ///
  /// @return whether it was unmounted, and everything written is in the file system
  public boolean finish(Duration timeout) throws IOException, InterruptedException {
    var end = served.awaitEnd(Duration.ZERO);
    if (end.isEmpty()) {
      end = served.unmount(target, timeout);
    }
    if (end.isEmpty()) {
      served.stop(timeout);
    }
    return isClean(end);
  }

  private static boolean isClean(Optional<FuseEnd> end) {
    return end.filter(FuseEnd.Unmounted.class::isInstance).isPresent();
  }

  private record Told(Consumer<String> report) implements VolumeEvents {
    @Override
    public void failed(String what) {
      report.accept(what);
    }

    @Override
    public void ended(FuseEnd end) {
      switch (end) {
        case FuseEnd.Unmounted _, FuseEnd.Stopped _ -> {}
        case FuseEnd.Aborted _ -> report.accept("somebody ended the connection to the kernel");
        case FuseEnd.Failed(var reason) ->
            report.accept("the volume cannot be served any more: " + reason);
      }
    }
  }
}
