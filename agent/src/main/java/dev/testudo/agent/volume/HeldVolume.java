package dev.testudo.agent.volume;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.mounter.MountRequest;
import dev.testudo.agent.mounter.NodeMount;
import dev.testudo.agent.view.MountNamespace;
import dev.testudo.agent.view.Placed;
import dev.testudo.linux.fuse.FuseEnd;
import dev.testudo.trust.channel.VolumeAccess;
import dev.testudo.volume.file.FileSystem;
import dev.testudo.volume.freshness.TagKeeper;
import dev.testudo.volume.fuse.ServedVolume;
import dev.testudo.volume.fuse.Visibility;
import dev.testudo.volume.fuse.VolumeMountOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/// One volume of a service, from its claim to its release.
final class HeldVolume {
  private static final int THREADS = 2;
  private static final int LONGEST_SHOWN = 100;

  /// How long the end of a volume waits for processes that still use it, and for CAS.
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final VolumeAccess access;
  private final FileSystem files;
  private final Optional<TagKeeper> keeper;
  private final VolumeReports reports;

  /// Starts the threads that serve the volume. They must not be in the program's mount namespace:
  /// there they would not find the encrypted files, and could wait for themselves.
  private final OutsideThread outside = new OutsideThread();

  private volatile Optional<Mounted> mounted = Optional.empty();

  /// A mount, and how it is taken away.
  private sealed interface Mounted {
    ServedVolume volume();

    /// In a mount namespace.
    record Here(ServedVolume volume, MountNamespace namespace) implements Mounted {}

    /// By somebody else.
    record OnNode(ServedVolume volume, NodeMount mount) implements Mounted {}
  }

  HeldVolume(
      VolumeAccess access, FileSystem files, Optional<TagKeeper> keeper, VolumeReports reports) {
    this.access = access;
    this.files = files;
    this.keeper = keeper;
    this.reports = reports;
  }

  /// Returns the mount for the program's view. It is served from then on.
  Placed.Mount placed() {
    return new Placed.Mount(access.path(), this::mount);
  }

  private VolumeMountOptions options(Visibility visibility) {
    return new VolumeMountOptions(
        shownName(),
        THREADS,
        VolumeMountOptions.LARGEST_TRANSFER,
        visibility,
        InstantSource.system());
  }

  /// Lets a node mounter mount the volume at its path, and serves it.
  void mount(VolumeMounts.OnNode node) throws AgentFailure {
    var request =
        new MountRequest(shownName(), access.path(), THREADS, VolumeMountOptions.LARGEST_TRANSFER);
    try {
      mounted = Optional.of(serve(NodeMount.request(node.socket(), request), node.program()));
    } catch (IOException e) {
      throw AgentFailure.environment(
          "let %s mount volume `%s`".formatted(node.socket(), access.volume().name()), e);
    }
  }

  private Mounted serve(NodeMount mount, ProgramProcesses program) throws IOException {
    try {
      var options = options(new Visibility.Shared(program));
      var volume = ServedVolume.serve(mount.devices(), files, options, reports);
      return new Mounted.OnNode(volume, mount);
    } catch (IOException e) {
      mount.close();
      throw e;
    }
  }

  private void mount(Path target) throws IOException {
    var options = options(new Visibility.Private());
    var namespace = MountNamespace.ofThread();
    var devices = ServedVolume.attach(target, options);
    var volume = outside.call(() -> ServedVolume.serve(devices, files, options, reports));
    mounted = Optional.of(new Mounted.Here(volume, namespace));
  }

  /// Returns the name of the volume for the list of mounts, where not every character may be.
  private String shownName() {
    var name = access.volume().name().replaceAll("[^A-Za-z0-9._-]", "_");
    return name.substring(0, Math.min(name.length(), LONGEST_SHOWN));
  }

  /// Unmounts, makes everything durable, tells CAS, and gives the volume back.
  void finish() throws InterruptedException {
    if (mounted.isPresent()) {
      unmount(mounted.get());
    }
    outside.close();
    try {
      files.close();
      if (keeper.isPresent() && !keeper.get().finish(PATIENCE)) {
        reports.say(
            "CAS has not recorded the last state; "
                + "the next start accepts it, unless another mount has had the volume since");
      }
    } catch (IOException | RuntimeException e) { // other volumes must end all the same
      reports.say(
          "has not ended cleanly; the next start recovers what is durable: " + e.getMessage());
      keeper.ifPresent(TagKeeper::close);
    }
  }

  /// What the program has written is made durable even if its mount cannot be taken away.
  private void unmount(Mounted mount) throws InterruptedException {
    try {
      switch (mount) {
        case Mounted.Here(var volume, var namespace) ->
            namespace.within(() -> unmount(volume, volume.unmount(place(), PATIENCE)));
        case Mounted.OnNode(var volume, var node) -> {
          node.close();
          unmount(volume, volume.awaitEnd(PATIENCE));
        }
      }
    } catch (IOException e) {
      reports.say("cannot be unmounted, so what was not synced is lost: " + e.getMessage());
      mount.volume().stop(PATIENCE);
    }
  }

  private Path place() {
    return Path.of(access.path());
  }

  private void unmount(ServedVolume volume, Optional<FuseEnd> end) throws InterruptedException {
    if (end.isEmpty()) {
      reports.say("is still in use, so what was not synced is lost");
      volume.stop(PATIENCE);
    }
  }
}
