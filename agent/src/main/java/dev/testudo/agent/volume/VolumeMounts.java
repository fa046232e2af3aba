package dev.testudo.agent.volume;

import java.nio.file.Path;

/// Who mounts the volumes of a service.
public sealed interface VolumeMounts {
  /// This process, in a mount namespace that only the program has.
  record Own() implements VolumeMounts {}

  /// A node mounter, in the mount namespace of the container. Everybody in it reaches the mounts,
  /// and only the program is served.
  ///
  /// @param socket where it listens
  record OnNode(Path socket, ProgramProcesses program) implements VolumeMounts {}
}
