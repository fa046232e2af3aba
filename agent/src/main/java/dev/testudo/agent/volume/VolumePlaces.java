package dev.testudo.agent.volume;

import dev.testudo.trust.channel.VolumeAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where the encrypted files of volumes are.
public sealed interface VolumePlaces {
  /// Returns the directory of a volume, which may not exist.
  Path of(VolumeAccess volume) throws IOException;

  /// Below a directory of this machine, by session and name, so that services share the volumes
  /// that they import. It creates what is missing.
  record Below(Path directory) implements VolumePlaces {
    @Override
    public Path of(VolumeAccess access) throws IOException {
      var volume = access.volume();
      return Files.createDirectories(
          directory.resolve(volume.session().value()).resolve(volume.name()));
    }
  }

  /// Where the program sees the volume: the orchestrator has mounted its directory there.
  record AtItsPath() implements VolumePlaces {
    @Override
    public Path of(VolumeAccess volume) {
      return Path.of(volume.path());
    }
  }
}
