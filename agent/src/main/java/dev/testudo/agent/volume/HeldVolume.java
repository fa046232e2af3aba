package dev.testudo.agent.volume;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.view.MountNamespace;
import dev.testudo.agent.view.Placed;
import dev.testudo.linux.fuse.FuseEnd;
import dev.testudo.linux.sys.UserIds;
import dev.testudo.policy.session.UpdatePolicy;
import dev.testudo.policy.session.VolumeTerms;
import dev.testudo.trust.channel.LeaseClient;
import dev.testudo.trust.channel.LeaseClient.Claimed;
import dev.testudo.trust.channel.StoredTag;
import dev.testudo.trust.channel.VolumeAccess;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeTag;
import dev.testudo.volume.file.FileOwner;
import dev.testudo.volume.file.FileSystem;
import dev.testudo.volume.format.Suite;
import dev.testudo.volume.freshness.TagKeeper;
import dev.testudo.volume.freshness.TagListener;
import dev.testudo.volume.freshness.TagSync;
import dev.testudo.volume.fuse.ServedVolume;
import dev.testudo.volume.fuse.Visibility;
import dev.testudo.volume.fuse.VolumeEvents;
import dev.testudo.volume.fuse.VolumeMountOptions;
import dev.testudo.volume.store.Acknowledgements;
import dev.testudo.volume.store.DirectoryBacking;
import dev.testudo.volume.store.EphemeralBacking;
import dev.testudo.volume.store.Expected;
import dev.testudo.volume.store.VolumeOptions;
import dev.testudo.volume.store.VolumePosition;
import dev.testudo.volume.store.VolumeShape;
import dev.testudo.volume.store.WritableVolume;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// One volume of a service, from its claim to its release.
final class HeldVolume {
  private static final int THREADS = 2;

  /// How long the end of a volume waits for processes that still use it, and for CAS.
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final VolumeAccess access;
  private final FileSystem files;
  private final Optional<TagKeeper> keeper;
  private final Consumer<String> report;

  /// Starts the threads that serve the volume. They must not be in the program's mount namespace:
  /// there they would not find the encrypted files, and could wait for themselves.
  private final OutsideThread outside = new OutsideThread();

  private volatile Optional<Mounted> mounted = Optional.empty();

  /// The mount, and where it is.
  private record Mounted(ServedVolume volume, MountNamespace namespace) {}

  private HeldVolume(
      VolumeAccess access, FileSystem files, Optional<TagKeeper> keeper, Consumer<String> report) {
    this.access = access;
    this.files = files;
    this.keeper = keeper;
    this.report = report;
  }

  /// Opens a volume that CAS has given to this mount. CAS knows this mount's first record then.
  ///
  /// @param directory where its encrypted files are
  /// @param user who owns the root of a new volume
  /// @throws AgentFailure if the volume is not what CAS knows
  static HeldVolume open(
      VolumeAccess access,
      Path directory,
      UserIds user,
      Claimed claimed,
      LeaseClient client,
      Consumer<String> report)
      throws AgentFailure {
    return switch (claimed) {
      case Claimed.Granted granted ->
          new Opening(access, directory, user, report).held(granted, client);
      case Claimed.Shared(var position) ->
          new Opening(access, directory, user, report).ephemeral(position);
      case Claimed.Held held -> throw new IllegalArgumentException("not claimed: " + held);
    };
  }

  /// The steps to open a volume.
  private record Opening(
      VolumeAccess access, Path directory, UserIds user, Consumer<String> report) {

    HeldVolume held(Claimed.Granted granted, LeaseClient client) throws AgentFailure {
      var keeper =
          TagKeeper.start(
              CasTagStore.of(client, granted.lease(), granted.position()),
              recorded(granted.position()),
              granted.end(),
              sync(),
              new Told(name(), report));
      try {
        var volume =
            WritableVolume.open(
                DirectoryBacking.shared(directory),
                access.key().key(),
                expected(granted.position()),
                shape(),
                options(granted.lease().fence(), keeper));
        return serve(volume, Optional.of(keeper));
      } catch (IOException e) {
        keeper.close();
        release(client, granted);
        throw failure(e);
      }
    }

    /// Gives back a volume that was not opened.
    private void release(LeaseClient client, Claimed.Granted granted) {
      try {
        client.release(List.of(granted.lease()), Duration.ofSeconds(5));
      } catch (IOException e) {
        report.accept(
            "volume `%s` stays claimed for a minute: %s".formatted(name(), e.getMessage()));
      }
    }

    HeldVolume ephemeral(Optional<StoredTag> position) throws AgentFailure {
      try {
        var backing = EphemeralBacking.over(directory);
        var volume =
            WritableVolume.open(
                backing,
                access.key().key(),
                expected(position),
                shape(),
                options(0, Acknowledgements.DISK));
        return serve(volume, Optional.empty());
      } catch (IOException e) {
        throw failure(e);
      }
    }

    private HeldVolume serve(WritableVolume volume, Optional<TagKeeper> keeper) throws IOException {
      try {
        if (keeper.isPresent()) {
          keeper.get().record(volume.position(), PATIENCE);
        }
        var owner = new FileOwner(user.uid(), user.gid());
        var files = FileSystem.open(volume, InstantSource.system(), owner);
        return new HeldVolume(access, files, keeper, report);
      } catch (IOException e) {
        volume.abandon();
        throw e;
      }
    }

    private String name() {
      return access.volume().name();
    }

    private VolumeOptions options(long fence, Acknowledgements acknowledgements) {
      var limit = access.terms().sizeLimit();
      return VolumeOptions.USUAL
          .with(fence, acknowledgements)
          .with(limit.isPresent() ? OptionalLong.of(limit.get()) : OptionalLong.empty())
          .with(damage -> report.accept("volume `%s`: %s".formatted(name(), damage.getMessage())));
    }

    private VolumeShape shape() {
      return new VolumeShape(
          switch (access.files()) {
            case AUTHENTICATED_ONLY -> Suite.HASHES;
            case ENCRYPTED ->
                access.terms().integrity() == VolumeTerms.Integrity.HASH
                    ? Suite.AES_256_GCM_AND_HASHES
                    : Suite.AES_256_GCM;
          },
          VolumeShape.USUAL.chunkSize());
    }

    private TagSync sync() {
      if (access.updates() == UpdatePolicy.NO_ROLLBACK_PROTECTION) {
        return new TagSync.Informative();
      }
      return switch (access.terms().tagSync()) {
        case VolumeTerms.TagSync.Strict() -> new TagSync.Strict(TagSync.Strict.PATIENCE);
        case VolumeTerms.TagSync.Bounded(var window) -> new TagSync.Bounded(window);
      };
    }

    private Expected expected(Optional<StoredTag> position) {
      if (position.isEmpty()) {
        return new Expected.New();
      }
      if (access.updates() == UpdatePolicy.NO_ROLLBACK_PROTECTION) {
        return new Expected.Newest();
      }
      var tag = new VolumeTag(position.get().tag());
      var sequence = position.get().sequence();
      return sequence.isPresent()
          ? new Expected.Position(new VolumePosition(sequence.getAsLong(), tag))
          : new Expected.State(tag);
    }

    private static VolumePosition recorded(Optional<StoredTag> position) {
      return position
          .map(p -> new VolumePosition(p.sequence().orElse(0), new VolumeTag(p.tag())))
          .orElse(VolumePosition.NONE);
    }

    private AgentFailure failure(IOException e) {
      return e instanceof VolumeException
          ? AgentFailure.refused("volume `%s`: %s".formatted(name(), e.getMessage()))
          : AgentFailure.environment("open volume `%s`".formatted(name()), e);
    }
  }

  /// Tells people what happens between a volume and CAS, and what programs cannot be told.
  private record Told(String volume, Consumer<String> report) implements TagListener, VolumeEvents {
    @Override
    public void silent(String reason) {
      say("CAS does not answer, so changes may have to wait: " + reason);
    }

    @Override
    public void answers() {
      say("CAS answers again");
    }

    @Override
    public void lost(String reason) {
      say("the lease is lost, so every change fails with EIO from now on: " + reason);
    }

    @Override
    public void failed(String what) {
      say(what);
    }

    @Override
    public void ended(FuseEnd end) {
      switch (end) {
        case FuseEnd.Unmounted _, FuseEnd.Stopped _ -> {}
        case FuseEnd.Aborted _ -> say("somebody ended the connection to the kernel");
        case FuseEnd.Failed(var reason) -> say("cannot be served any more: " + reason);
      }
    }

    private void say(String what) {
      report.accept("volume `%s`: %s".formatted(volume, what));
    }
  }

  /// Returns the mount for the program's view. It is served from then on.
  Placed.Mount placed() {
    return new Placed.Mount(access.path(), this::mount);
  }

  private void mount(Path target) throws IOException {
    var options =
        new VolumeMountOptions(
            access.volume().name(),
            THREADS,
            VolumeMountOptions.LARGEST_TRANSFER,
            new Visibility.Private(),
            InstantSource.system());
    var events = new Told(access.volume().name(), report);
    var namespace = MountNamespace.ofThread();
    var devices = ServedVolume.attach(target, options);
    var volume = outside.call(() -> ServedVolume.serve(devices, files, options, events));
    mounted = Optional.of(new Mounted(volume, namespace));
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
        say(
            "CAS has not recorded the last state; "
                + "the next start accepts it, unless another mount has had the volume since");
      }
    } catch (IOException | RuntimeException e) { // other volumes must end all the same
      say("has not ended cleanly; the next start recovers what is durable: " + e.getMessage());
      keeper.ifPresent(TagKeeper::close);
    }
  }

  /// What the program has written is made durable even if its mount cannot be taken away.
  private void unmount(Mounted mount) throws InterruptedException {
    try {
      mount.namespace().within(() -> unmount(mount.volume()));
    } catch (IOException e) {
      say("cannot be unmounted, so what was not synced is lost: " + e.getMessage());
      mount.volume().stop(PATIENCE);
    }
  }

  private void unmount(ServedVolume volume) throws IOException, InterruptedException {
    if (volume.unmount(Path.of(access.path()), PATIENCE).isEmpty()) {
      say("is still in use, so what was not synced is lost");
      volume.stop(PATIENCE);
    }
  }

  private void say(String what) {
    report.accept("volume `%s` %s".formatted(access.volume().name(), what));
  }
}
