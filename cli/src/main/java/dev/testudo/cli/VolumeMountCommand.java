package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.source.Printable;
import dev.testudo.volume.file.FileOwner;
import dev.testudo.volume.file.FileSystem;
import dev.testudo.volume.fuse.ForegroundVolume;
import dev.testudo.volume.store.DirectoryBacking;
import dev.testudo.volume.store.Expected;
import dev.testudo.volume.store.VolumeOptions;
import dev.testudo.volume.store.VolumeShape;
import dev.testudo.volume.store.WritableVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The command `testudo volume mount`.
@Command(
    name = "mount",
    description = {
      "Mounts a volume that programs write, and serves it until it is unmounted, or until Ctrl-C or SIGTERM.",
      "It takes root and /dev/fuse. The last line is the number and the tag of the new state. CAS does not learn of it: a service can mount the volume again after `volume accept` with both. No service may use the volume meanwhile."
    })
final class VolumeMountCommand implements Callable<Integer> {
  /// How long the end waits for processes that still use the mount, and for the disk.
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Duration POLL = Duration.ofHours(1);

  private final CliContext context;

  @Parameters(index = "0", paramLabel = "DIR", description = "The directory of the volume.")
  private Path directory = Path.of("");

  @Parameters(index = "1", paramLabel = "MOUNTPOINT", description = "Where it is mounted.")
  private Path target = Path.of("");

  @Mixin private VolumeKeyOption key = new VolumeKeyOption();

  VolumeMountCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed, InterruptedException {
    var place = CasClientOptions.given("MOUNTPOINT", target);
    if (!Files.isDirectory(place)) {
      throw CommandFailed.environment("%s is not a directory".formatted(place));
    }
    Consumer<String> say =
        line -> context.streams().err().println("testudo: " + Printable.of(line));
    try (var signals =
        StopSignals.listen(PATIENCE.multipliedBy(3), context.insistence(), () -> {})) {
      var volume = open(CasClientOptions.given("DIR", directory), say);
      boolean clean;
      try (var files = FileSystem.open(volume, InstantSource.system(), FileOwner.ROOT)) {
        clean = serve(files, place.toRealPath(), signals, say);
      } catch (IOException | RuntimeException e) {
        volume.close();
        throw e;
      }
      context.streams().out().println(volume.position());
      if (!clean) {
        throw CommandFailed.environment("the volume was in use, so what was not synced is lost");
      }
    }
    return 0;
  }

  private WritableVolume open(Path place, Consumer<String> say) throws IOException, CommandFailed {
    var expected = key.tag().<Expected>map(Expected.State::new).orElseGet(Expected.Newest::new);
    if (!Files.isDirectory(place)) {
      throw CommandFailed.environment("%s is not a directory".formatted(place));
    }
    try (var secret = key.key(context)) {
      return WritableVolume.open(
          DirectoryBacking.locked(place),
          secret,
          expected,
          VolumeShape.USUAL,
          VolumeOptions.USUAL.with(damage -> say.accept(String.valueOf(damage.getMessage()))));
    }
  }

  private static boolean serve(
      FileSystem files, Path place, StopSignals signals, Consumer<String> say)
      throws IOException, InterruptedException {
    var mounted = ForegroundVolume.mount(files, place, "volume", say);
    say.accept("mounted at %s; Ctrl-C or `umount` ends it".formatted(place));
    var main = Thread.currentThread();
    signals.tell(main::interrupt);
    try {
      while (!mounted.awaitEnd(POLL)) {
        // It is in use.
      }
    } catch (InterruptedException _) {
      say.accept("unmounting");
    }
    return mounted.finish(PATIENCE);
  }
}
