package dev.testudo.agent.status;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The PID name space of this process, which never changes.
final class PidNamespace {
  /// Its name in `/proc`, the same for every process in it: `pid:[4026531836]` (namespaces(7)).
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
