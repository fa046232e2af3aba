package dev.testudo.agent.volume;

import dev.testudo.agent.AgentFailure;
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
import dev.testudo.volume.freshness.TagSync;
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

/// Opens a volume that CAS has given to this mount.
///
/// @param directory where its encrypted files are
/// @param user who owns the root of a new volume
record VolumeOpening(
    VolumeAccess access, Path directory, UserIds user, LeaseClient client, VolumeReports reports) {
  /// How long the first record of a mount waits for CAS.
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /// Opens it in the state that CAS knows. CAS knows this mount's first record then.
  ///
  /// @throws AgentFailure if the volume is not what CAS knows. It is given back then
  HeldVolume open(Claimed claimed) throws AgentFailure {
    return switch (claimed) {
      case Claimed.Granted granted -> held(granted);
      case Claimed.Shared(var position) -> ephemeral(position);
      case Claimed.Held held -> throw new IllegalArgumentException("not claimed: " + held);
    };
  }

  private HeldVolume held(Claimed.Granted granted) throws AgentFailure {
    var keeper =
        TagKeeper.start(
            CasTagStore.of(client, granted.lease(), granted.position()),
            recorded(granted.position()),
            granted.end(),
            sync(),
            reports);
    try {
      var volume =
          WritableVolume.open(
              DirectoryBacking.leased(directory),
              access.key().key(),
              expected(granted.position()),
              shape(),
              options(granted.lease().fence(), keeper));
      return serve(volume, Optional.of(keeper));
    } catch (IOException e) {
      keeper.close();
      release(granted);
      throw failure(e);
    }
  }

  /// Gives back a volume that was not opened.
  private void release(Claimed.Granted granted) {
    try {
      client.release(List.of(granted.lease()), Duration.ofSeconds(5));
    } catch (IOException e) {
      reports.say("stays claimed until its lease ends: " + e.getMessage());
    }
  }

  private HeldVolume ephemeral(Optional<StoredTag> position) throws AgentFailure {
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
      return new HeldVolume(access, files, keeper, reports);
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
        .with(reports);
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
