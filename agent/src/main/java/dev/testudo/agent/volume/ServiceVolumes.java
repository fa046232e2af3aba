package dev.testudo.agent.volume;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.view.Placed;
import dev.testudo.linux.sys.UserIds;
import dev.testudo.trust.channel.LeaseClient;
import dev.testudo.trust.channel.VolumeAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// All volumes of a service. The program sees them at their paths, and nobody else does.
public final class ServiceVolumes implements AutoCloseable {
  private final List<HeldVolume> volumes;
  private final Optional<LeaseClient> client;
  private final VolumeMounts mounts;
  private final Optional<HeapKeeper> heap;

  private ServiceVolumes(
      List<HeldVolume> volumes, Optional<LeaseClient> client, VolumeMounts mounts) {
    this.volumes = volumes;
    this.client = client;
    this.mounts = mounts;
    this.heap = volumes.isEmpty() ? Optional.empty() : Optional.of(HeapKeeper.start());
  }

  /// Claims and opens the volumes that a policy gives a service. If one fails, none stays open.
  ///
  /// @param ticket what shows CAS which instance asks; present if there are volumes
  /// @param client makes a client of CAS with this ticket
  /// @param places where their encrypted files are
  /// @param mounts who mounts them
  /// @param user who owns the root of new volumes
  /// @param report gets lines for people
  /// @throws AgentFailure if CAS does not give a volume, or if one is not what CAS knows
  public static ServiceVolumes open(
      List<VolumeAccess> wanted,
      Optional<String> ticket,
      Function<String, LeaseClient> client,
      VolumePlaces places,
      VolumeMounts mounts,
      UserIds user,
      Consumer<String> report)
      throws AgentFailure, InterruptedException {
    if (wanted.isEmpty()) {
      return new ServiceVolumes(List.of(), Optional.empty(), mounts);
    }
    if (mounts instanceof VolumeMounts.Own) {
      MountRights.require(wanted.getFirst().volume().name());
    }
    var leases =
        client.apply(
            ticket.orElseThrow(
                () -> AgentFailure.input("CAS gave volumes, but nothing to claim them with")));
    var opened = new ArrayList<HeldVolume>();
    try {
      var claim = new VolumeClaim(leases, report);
      for (var access : inOneOrder(wanted)) {
        var directory = directory(places, access);
        var claimed = claim.of(access.volume());
        var reports = new VolumeReports(access.volume().name(), report);
        opened.add(new VolumeOpening(access, directory, user, leases, reports).open(claimed));
      }
      if (mounts instanceof VolumeMounts.OnNode node) {
        for (var volume : opened) {
          volume.mount(node);
        }
      }
      return new ServiceVolumes(opened, Optional.of(leases), mounts);
    } catch (AgentFailure | InterruptedException e) {
      new ServiceVolumes(opened, Optional.of(leases), mounts).close();
      throw e;
    }
  }

  private static Path directory(VolumePlaces places, VolumeAccess access) throws AgentFailure {
    var name = access.volume().name();
    try {
      var directory = places.of(access);
      if (!Files.isDirectory(directory)) {
        throw AgentFailure.input(
            "volume `%s` has no directory at `%s`: mount one there, for example a PersistentVolume"
                .formatted(name, directory));
      }
      return directory;
    } catch (IOException e) {
      throw AgentFailure.environment("find the directory of volume `%s`".formatted(name), e);
    }
  }

  /// Returns the volumes in the order in which every service claims them. So no two services wait
  /// for each other.
  private static List<VolumeAccess> inOneOrder(List<VolumeAccess> volumes) {
    return volumes.stream()
        .sorted(Comparator.comparing(access -> access.volume().toString()))
        .toList();
  }

  /// Returns the mounts for the program's view.
  public List<Placed.Mount> placed() {
    return switch (mounts) {
      case VolumeMounts.Own() -> volumes.stream().map(HeldVolume::placed).toList();
      case VolumeMounts.OnNode _ -> List.of();
    };
  }

  /// Ends all volumes after the program has ended: unmounts, seals, tells CAS, and gives them back.
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted(); // who ends the agent does not mean its volumes
    try {
      for (var volume : volumes.reversed()) {
        volume.finish();
      }
    } catch (InterruptedException _) {
      interrupted = true; // the second time; the next start recovers them
    } finally {
      client.ifPresent(LeaseClient::close);
      heap.ifPresent(HeapKeeper::close);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
