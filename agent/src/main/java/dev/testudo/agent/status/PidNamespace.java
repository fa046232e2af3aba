package dev.testudo.agent.status;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The PID namespace of this process, which never changes.
final class PidNamespace {
  /// Its name in `/proc`, which is the same for all its processes:
  /// `pid:[4026531836]` (namespaces(7)).
  static final Optional<String> OWN = read();

  private PidNamespace() {}

  private static Optional<String> read() {
    try {
      return Optional.of(Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString());
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
