package dev.testudo.volume.fuse;

import dev.testudo.linux.fuse.FuseEnd;
import dev.testudo.volume.file.FileOwner;
import dev.testudo.volume.file.FileSystem;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;

/// A process that serves a volume until its standard input ends: `VolumeProgram VOLUME MOUNTPOINT`.
/// It says `ready`. With the further argument `time`, it also says how long opening took.
final class VolumeProgram {
  private VolumeProgram() {}

  public static void main(String[] arguments) throws Exception {
    var top = Path.of(arguments[1]);
    long start = System.nanoTime();
    var clock = InstantSource.system();
    try (var files =
        FileSystem.open(DiskStore.open(Path.of(arguments[0])), clock, FileOwner.ROOT)) {
      var options =
          new VolumeMountOptions(
              "test", 3, VolumeMountOptions.LARGEST_TRANSFER, new Visibility.Private(), clock);
      var volume = ServedVolume.mount(files, top, options, new Shown());
      if (arguments.length > 2) {
        System.err.printf(Locale.ROOT, "%.3f s%n", (System.nanoTime() - start) / 1e9);
      }
      System.out.println("ready");
      while (System.in.read() >= 0) {
        // Until the end.
      }
      System.out.println(volume.unmount(top, Duration.ofSeconds(60)));
    }
  }

  private static final class Shown implements VolumeEvents {
    @Override
    public void failed(String what) {
      System.err.println(what);
    }

    @Override
    public void ended(FuseEnd end) {
      System.err.println(end);
    }
  }
}
